/// The rooms as `Package.swift` lists them, read as text.
///
/// Text, because asking the package manager would wait for the lock that the test run holds.
struct Manifest: Sendable {
    struct Room: Equatable, Sendable {
        let tier: String
        let name: String
        /// Rooms that it names.
        let needs: [String]
        /// Modules of other packages that it names.
        let modules: Set<String>
    }

    let rooms: [Room]

    private static let tiers = [
        "door": "System", "core": "Core", "shell": "Shell", "tool": "Tools", "app": "Apps",
    ]

    init(_ text: String) {
        let manifest = text.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.drop(while: { $0 == " " }).hasPrefix("//") }.joined(separator: " ")
        var named: [String: Set<String>] = [:]
        for piece in manifest.split(separator: "let ").map(String.init) {
            let name = String(piece.prefix { $0.isPartOfWord })
            guard piece.contains(".product(") else { continue }
            named[name] = Set(piece.pieces(from: "name: \"", upTo: "\""))
        }
        guard let list = manifest.pieces(from: "let rooms: [Room] = [", upTo: " ] ").first else {
            rooms = []
            return
        }
        rooms = list.calls().compactMap { verb, whole in
            // What follows are folders of test data and what tests need, and no rooms.
            let arguments = String(whole.prefix(upTo: whole.firstIndex(of: " test")))
            guard let tier = Self.tiers[verb] else { return nil }
            var quoted = arguments.pieces(from: "\"", upTo: "\"")[...]
            guard let name = quoted.popFirst() else { return nil }
            // `command:` and `apt:` carry a name too, which is no room's.
            if arguments.contains("command: ") || arguments.contains("apt: ") {
                quoted = quoted.dropFirst()
            }
            let modules = named.filter { arguments.containsWord($0.key) }.values
            return Room(
                tier: tier, name: name, needs: Array(quoted),
                modules: modules.reduce(into: []) { $0.formUnion($1) })
        }
    }
}

extension String {
    /// Where `mark` begins, or the end.
    func firstIndex(of mark: String) -> Index {
        firstRange(of: mark)?.lowerBound ?? endIndex
    }

    /// Every stretch after `start` and before the next `end`, or before the end of the text.
    func pieces(from start: String, upTo end: String) -> [String] {
        var found: [String] = []
        var rest = self[...]
        while let opening = rest.firstRange(of: start) {
            let tail = rest[opening.upperBound...]
            let closing = tail.firstRange(of: end)
            found.append(String(tail[..<(closing?.lowerBound ?? tail.endIndex)]))
            guard let closing else { break }
            rest = rest[closing.upperBound...]
        }
        return found
    }

    /// The calls `.verb(arguments)` in this text, outermost only.
    func calls() -> [(verb: String, arguments: String)] {
        var found: [(verb: String, arguments: String)] = []
        var rest = self[...]
        while let dot = rest.firstIndex(of: ".") {
            let verb = rest[dot...].dropFirst().prefix { $0.isLetter }
            rest = rest[verb.endIndex...]
            guard rest.first == "(" else { continue }
            var depth = 0
            let arguments = rest.prefix { character in
                if character == "(" { depth += 1 }
                if character == ")" { depth -= 1 }
                return depth > 0
            }
            found.append((String(verb), String(arguments.dropFirst())))
            rest = rest[arguments.endIndex...]
        }
        return found
    }
}
