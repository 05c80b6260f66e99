/// How long files, functions and lines may be, and what may not be left lying about.
enum ShapeChecks {
    static let fileLinesMax = 500
    static let functionLinesMax = 60
    static let lineColumnsMax = 100

    static func fileLength(_ file: SourceFile) -> [Complaint] {
        let count = file.lines.last == "" ? file.lines.count - 1 : file.lines.count
        guard count > fileLinesMax else { return [] }
        return [
            Complaint(
                check: "file length", path: file.path, line: count,
                what: "\(count) lines, at most \(fileLinesMax)")
        ]
    }

    /// Columns are characters; comments count, which swift-format's own rule leaves out.
    static func lineLength(_ file: SourceFile) -> [Complaint] {
        file.lines.enumerated().compactMap { index, line in
            guard line.utf8.count > lineColumnsMax, line.count > lineColumnsMax else { return nil }
            return Complaint(
                check: "line length", path: file.path, line: index + 1,
                what: "\(line.count) columns, at most \(lineColumnsMax)")
        }
    }

    /// The length of a function, from its first line to the brace that closes it.
    ///
    /// Blocks are told by indentation, which the formatter keeps.
    static func functionLength(_ file: SourceFile) -> [Complaint] {
        file.code.indices.compactMap { start in
            guard beginsFunction(file.code[start]), let end = lastLine(of: start, in: file.code)
            else { return nil }
            let count = end - start + 1
            guard count > functionLinesMax else { return nil }
            return Complaint(
                check: "function length", path: file.path, line: start + 1,
                what: "a function of \(count) lines, at most \(functionLinesMax)")
        }
    }

    static func leftovers(_ file: SourceFile) -> [Complaint] {
        file.lines.enumerated().flatMap { index, line in
            line.words.filter { leftoverWords.contains($0) }.map { word in
                Complaint(
                    check: "leftovers", path: file.path, line: index + 1,
                    what: "\(word): do it, or file it as an issue")
            }
        }
    }

    static func foreignPaths(_ file: SourceFile) -> [Complaint] {
        file.lines.enumerated().flatMap { index, line in
            homes.filter { line.utf8.contains(slash) && line.contains($0) }.map { home in
                Complaint(
                    check: "foreign paths", path: file.path, line: index + 1,
                    what: "\(home)… is a path of somebody's own machine")
            }
        }
    }

    // Put together here, so that this file does not complain about itself.
    private static let leftoverWords = ["FIX" + "ME", "TO" + "DO", "XX" + "X"]
    private static let slash = UInt8(ascii: "/")
    private static let homes = ["home", "root", "Users", "work"].map { "/" + $0 + "/" }

    private static let modifiers: Set<String> = [
        "public", "package", "internal", "private", "fileprivate", "static", "class", "final",
        "mutating", "nonmutating", "override", "consuming", "borrowing", "isolated", "nonisolated",
        "convenience", "required", "indirect", "unsafe",
    ]

    private static func beginsFunction(_ line: String) -> Bool {
        let words = line.split(separator: " ")
        let word = words.drop { $0.hasPrefix("@") || modifiers.contains(String($0)) }.first ?? ""
        let name = word.prefix { $0.isLetter }
        switch name {
        case "func", "subscript", "deinit": return true
        case "init": return word.dropFirst(4).first.map { "(<?!".contains($0) } ?? false
        case "var": return line.hasSuffix("{") && !line.contains("=")
        default: return false
        }
    }

    /// The line of the closing brace, or nil where there is no body, or one on the same line.
    private static func lastLine(of start: Int, in code: [String]) -> Int? {
        let indent = code[start].indent
        for index in code.indices.dropFirst(start + 1) {
            let line = code[index]
            guard !line.isBlank, line.indent <= indent else { continue }
            guard line.indent == indent else { return nil }
            let text = line.dropFirst(indent)
            if text.hasPrefix("}") { return index }
            let goesOn = [")", "->", "where", "{", "throws", "async", "#"].contains {
                text.hasPrefix($0)
            }
            guard goesOn else { return nil }
        }
        return nil
    }
}

extension StringProtocol {
    var indent: Int { prefix { $0 == " " }.count }
    var isBlank: Bool { allSatisfy { $0 == " " } }

    /// What stands here between characters that are no letter, digit or underscore, in order.
    ///
    /// By bytes, because every line of the house is looked at: beyond ASCII, all are letters.
    var words: [String] {
        utf8.split { !$0.isPartOfWord }.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether `word` stands here with no letter, digit or underscore on either side.
    func containsWord(_ word: String) -> Bool { words.contains(word) }
}

extension UInt8 {
    fileprivate var isPartOfWord: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }
}

extension Character {
    var isPartOfWord: Bool { isLetter || isNumber || self == "_" }
}
