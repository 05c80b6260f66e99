internal import Foundation
public import RuleLanguage

/// Writes a rule, predicate or reasoning rule in one way.
///
/// Its fields stand in order, and its expressions are spaced alike.
///
/// Comments stay with the field that they stand above. A formatted file is formatted to itself,
/// and means what it meant: its canonical bytes are the same.
public enum RuleFormatter {
    /// The fields of rules, predicates and reasoning rules, in the order in which they are written.
    static let order =
        [
            "predicate", "derives", "rule", "id", "title", "status", "level", "result", "basis",
            "description",
            "definition", "logic", "references", "author", "date", "false positives",
            "exceptions note", "stage", "interval", "facility level", "facility type", "personnel",
            "scenario", "fund type", "insurance type", "category", "pattern", "takes", "each",
            "where", "with", "when", "gives", "except", "holds", "subject", "violating", "involved",
            "amount", "say", "tests",
        ]

    /// The text in the one way.
    ///
    /// - Throws: ``SourceError`` where the text is none of these, or cannot be read.
    public static func format(
        _ text: String, file: String, reader: RuleReader, predicates: [RuleLanguage.Predicate],
        reasoning: [Derivation] = []
    ) throws(SourceError) -> String {
        let written: Formatting
        do throws(TextError) {
            written = try Formatting(text, reader.kinds)
        } catch {
            throw SourceError(file: file, position: error.position, message: error.message)
        }
        let formatted = written.text
        if written.names.contains("predicate") {
            _ = try reader.predicate(formatted, file: file)
        } else if written.names.contains("derives") {
            _ = try reader.derivation(formatted, file: file)
        } else {
            let before = try reader.rule(
                text, file: file, predicates: predicates, reasoning: reasoning)
            let after = try reader.rule(
                formatted, file: file, predicates: predicates, reasoning: reasoning)
            guard before.encode() == after.encode() else {
                throw SourceError(
                    file: file, position: .none,
                    message: "would not mean the same after formatting; it is left as it is")
            }
        }
        return formatted
    }
}

/// One file while it is formatted.
struct Formatting {
    private let kinds: Set<String>
    private(set) var text = ""
    /// The names of the fields.
    private(set) var names: [String] = []

    /// How a line begins that says which schema an editor takes: it stays the first.
    private static let schemaComment = "# yaml-language-server:"

    init(_ source: String, _ kinds: Set<String>) throws(TextError) {
        self.kinds = kinds
        let document = try Document(source)
        let fields = try document.fields()
        names = fields.map(\.name.name)
        let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
            .map(Formatting.trimmed)
        let head = lines.prefix { $0.hasPrefix(Formatting.schemaComment) }
        var blocks: [(name: String, lines: [String])] = []
        for (index, field) in fields.enumerated() {
            let first = index == 0 ? head.count : Formatting.start(of: field.name, above: lines)
            let end =
                index + 1 < fields.count
                ? Formatting.start(of: fields[index + 1].name, above: lines) : lines.count
            let own = lines[first..<end].filter { !$0.isEmpty }
            blocks.append((field.name.name, try block(own, field.name.name, field.value)))
        }
        let places = blocks.map { RuleFormatter.order.firstIndex(of: $0.name) ?? .max }
        let ordered = blocks.indices.sorted { (places[$0], $0) < (places[$1], $1) }
        text = (head + ordered.flatMap { blocks[$0].lines }).joined(separator: "\n") + "\n"
    }

    private static func trimmed(_ line: Substring) -> String {
        var line = line
        while let last = line.last, last.isWhitespace { line.removeLast() }
        return String(line)
    }

    /// The first line of a field, with the comments right above it; from 0.
    private static func start(of name: Named, above lines: [String]) -> Int {
        var line = name.position.line - 1
        while line > 0, lines[line - 1].hasPrefix("#") { line -= 1 }
        return line
    }

    /// The lines of a field: rewritten where it holds expressions, else as they are.
    private func block(
        _ lines: [String], _ name: String, _ value: Document
    ) throws(TextError) -> [String] {
        let comments = Array(lines.prefix { $0.hasPrefix("#") })
        let body = lines.dropFirst(comments.count)
        guard !body.contains(where: { $0.drop { $0 == " " }.hasPrefix("#") }) else { return lines }
        switch name {
        case "where", "when", "holds", "subject", "amount":
            return comments + ["\(name): \(Formatting.scalar(try expression(value)))"]
        case "except":
            guard value.isList else { return lines }
            var items: [String] = []
            for item in try value.items() {
                items.append(Formatting.scalar(try expression(item), inFlow: true))
            }
            return comments + ["except: [\(items.joined(separator: ", "))]"]
        case "with":
            var entries = ["with:"]
            for (name, value) in try value.fields() {
                // A decision is a table that its writer has laid out.
                guard !value.isList else { return lines }
                entries.append("  \(name.name): \(Formatting.scalar(try binding(value)))")
            }
            return comments + entries
        case "gives":
            var entries = ["gives:"]
            for (name, value) in try value.fields() {
                entries.append("  \(name.name): \(Formatting.scalar(try expression(value)))")
            }
            return comments + entries
        default: return lines
        }
    }

    private func expression(_ document: Document) throws(TextError) -> String {
        try ExpressionParser.expression(try document.text(), at: document.position).description
    }

    private func binding(_ document: Document) throws(TextError) -> String {
        let text = try document.text()
        let window = try ExpressionParser.window(text, at: document.position, kinds: kinds)
        if let window { return window.description }
        return try expression(document)
    }

    /// Text as a YAML scalar: plain where that says the same, else in double quotes.
    static func scalar(_ text: String, inFlow: Bool = false) -> String {
        let first = text.first ?? " "
        var isPlain = (first.isLetter || first.isNumber || first == "(") && !text.isEmpty
        isPlain = isPlain && !text.contains(": ") && !text.contains(" #") && !text.hasSuffix(":")
        if inFlow { isPlain = isPlain && !text.contains { ",[]{}\"'".contains($0) } }
        guard !isPlain else { return text }
        let escaped = text.replacingOccurrences(of: "\\", with: "\\\\")
            .replacingOccurrences(of: "\"", with: "\\\"")
        return "\"\(escaped)\""
    }
}
