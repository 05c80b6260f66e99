import Foundation

/// One text file of the repository, by its path from the root.
struct SourceFile: Sendable {
    let path: String
    let lines: [String]
    /// The lines with comments and the text of string literals blanked out, for Swift files.
    let code: [String]

    init(path: String, text: String) {
        self.path = path
        lines = text.components(separatedBy: "\n")
        code = path.hasSuffix(".swift") ? SwiftText.codeOnly(text) : lines
    }

    var isSwift: Bool { path.hasSuffix(".swift") }
    var isMarkdown: Bool { path.hasSuffix(".md") }
    var folders: [String] { path.split(separator: "/").dropLast().map(String.init) }

    /// The modules that the file imports, each with the number of its line, from 1.
    var imports: [(line: Int, module: String)] {
        code.enumerated().compactMap { index, line in
            var words = line.split(separator: " ").map(String.init)[...]
            while let word = words.first,
                word.hasPrefix("@") || Self.accessLevels.contains(word)
            {
                words.removeFirst()
            }
            guard words.popFirst() == "import", var module = words.popFirst() else { return nil }
            // `import struct Foundation.Date` names the kind first and the module before the dot.
            if let next = words.first { module = next }
            return (index + 1, String(module.prefix { $0 != "." }))
        }
    }

    private static let accessLevels: Set<String> = ["public", "package", "internal", "private"]
}

/// Something that a check has against a line of a file.
struct Complaint: Equatable, CustomStringConvertible, Sendable {
    let check: String
    let path: String
    let line: Int
    let what: String

    var description: String { "\(path):\(line): \(what) [\(check)]" }
}
