/// Loops over a `Set` or `Dictionary` that are not sorted first.
///
/// A heuristic: it knows the names that are declared with such a type in the same file and, before
/// `.keys` and `.values`, those of the same room.
struct UnorderedLoops: Sendable {
    /// By folder of a room, `Sources/Core/Ledger`.
    private let names: [String: Set<String>]

    init(_ files: [SourceFile]) {
        var names: [String: Set<String>] = [:]
        for file in files where file.isSwift && file.path.hasPrefix("Sources/Core/") {
            names[Self.room(file), default: []].formUnion(Self.unorderedNames(file.code))
        }
        self.names = names
    }

    func check(_ file: SourceFile) -> [Complaint] {
        guard file.isSwift, file.path.hasPrefix("Sources/Core/") else { return [] }
        let own = Self.unorderedNames(file.code)
        let all = names[Self.room(file), default: []]
        return file.code.enumerated().compactMap { index, line in
            guard let sequence = Self.looped(line), !sequence.contains(".sorted") else {
                return nil
            }
            var parts = sequence.split(separator: ".").map(String.init)
            guard let last = parts.popLast() else { return nil }
            let base = parts.last.map { $0.prefix { $0.isPartOfWord } }.map(String.init) ?? ""
            let isView = last == "keys" || last == "values"
            guard own.contains(last) || isView && all.contains(base) else { return nil }
            return Complaint(
                check: "unordered loops", path: file.path, line: index + 1,
                what: "a loop over `\(sequence)`, whose order differs in each process")
        }
    }

    private static func room(_ file: SourceFile) -> String {
        file.folders.prefix(3).joined(separator: "/")
    }

    /// What stands between `in` and `{` of a `for` loop on this line.
    private static func looped(_ line: String) -> String? {
        guard line.drop(while: { $0 == " " }).hasPrefix("for "),
            let start = line.firstRange(of: " in ")?.upperBound
        else { return nil }
        var rest = line[start...]
        for stop in [" where ", " {"] {
            if let range = rest.firstRange(of: stop) { rest = rest[..<range.lowerBound] }
        }
        return String(rest)
    }

    private static func unorderedNames(_ code: [String]) -> Set<String> {
        var names: Set<String> = []
        for line in code {
            for word in ["var ", "let "] {
                guard let start = line.firstRange(of: word)?.upperBound else { continue }
                let name = line[start...].prefix { $0.isPartOfWord }
                let rest = line[name.endIndex...].prefix { $0 != "{" }
                if isUnordered(rest) { names.insert(String(name)) }
            }
        }
        return names
    }

    private static func isUnordered(_ declaration: some StringProtocol) -> Bool {
        if declaration.hasPrefix(": Set<") || declaration.hasPrefix(" = Set<") { return true }
        for start in [": [", " = ["] where declaration.hasPrefix(start) {
            let inside = declaration.dropFirst(start.count)
            var depth = 1
            for character in inside {
                if "[(<".contains(character) { depth += 1 }
                if "])>".contains(character) { depth -= 1 }
                if depth == 0 { return false }
                if depth == 1, character == ":" { return true }
            }
        }
        return false
    }
}
