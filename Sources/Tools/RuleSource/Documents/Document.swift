internal import Foundation
internal import RuleLanguage
internal import Yams

/// A YAML node of a rule file: every scalar is text, and knows where it stands.
///
/// Anchors, aliases, merge keys and keys that stand twice are refused.
struct Document {
    private let node: Node
    /// The lines of the file.
    private let lines: SourceLines
    /// Where a cell of a sheet stands; nodes of YAML know it themselves.
    private let cell: SourcePosition?

    init(_ text: String) throws(TextError) {
        try Self.refuseAnchors(text)
        do {
            guard let node = try Yams.compose(yaml: text) else {
                throw TextError(position: .none, message: "the file is empty")
            }
            self.node = node
            lines = SourceLines(text)
            cell = nil
        } catch let error as TextError {
            throw error
        } catch let YamlError.scanner(_, problem, mark, _) {
            throw Self.broken(problem, mark)
        } catch let YamlError.parser(_, problem, mark, _) {
            throw Self.broken(problem, mark)
        } catch let YamlError.composer(_, problem, mark, _) {
            throw Self.broken(problem, mark)
        } catch let YamlError.duplicatedKeysInMapping(duplicates, context) {
            let name = duplicates.sorted().first ?? ""
            throw TextError(
                position: SourceLines(text).second(name, in: context.mark),
                message: "the field '\(name)' stands twice")
        } catch {
            throw TextError(position: .none, message: "this is no YAML: \(error)")
        }
    }

    /// Anchors and aliases are resolved before nodes are seen, so the text itself is looked at.
    private static func refuseAnchors(_ text: String) throws(TextError) {
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let characters = Array(line)
            for place in characters.indices.dropLast() {
                guard characters[place] == "&" || characters[place] == "*",
                    characters[place + 1].isLetter,
                    let before = characters[..<place].last(where: { $0 != " " }),
                    ":-[,{".contains(before), characters[place - 1] == " " || before != ":"
                else { continue }
                throw TextError(
                    position: SourcePosition(line: index + 1, column: place + 1),
                    message: "anchors and aliases have no place in rules; write it out")
            }
        }
    }

    private init(_ node: Node, in lines: SourceLines, cell: SourcePosition? = nil) {
        self.node = node
        self.lines = lines
        self.cell = cell
    }

    /// A cell of a sheet.
    init(cell text: String, at position: SourcePosition) {
        self.init(.scalar(Node.Scalar(text)), in: SourceLines(""), cell: position)
    }

    private static func broken(_ problem: String, _ mark: Mark) -> TextError {
        TextError(
            position: SourcePosition(line: mark.line, column: mark.column),
            message: "this is no YAML: \(problem)"
                + (problem.hasPrefix("mapping values")
                    ? "; put quotes around a text that has ': ' in it" : ""))
    }

    /// Where the node begins; for a scalar in quotes, where its text does.
    var position: SourcePosition {
        guard let mark = node.mark else { return cell ?? .none }
        let start = SourcePosition(line: mark.line, column: mark.column)
        switch node.scalar?.style {
        case .singleQuoted, .doubleQuoted:
            return SourcePosition(line: start.line, column: start.column + 1)
        case .literal, .folded: return SourcePosition(line: start.line + 1, column: 1)
        default: return start
        }
    }

    /// Where each character of a text stands, and its end; nil where they stand one after another
    /// from ``position`` on.
    var places: [SourcePosition]? {
        guard let scalar = node.scalar, let mark = node.mark else { return nil }
        return lines.places(of: scalar, at: mark)
    }

    func error(_ message: String) -> TextError {
        TextError(position: position, message: message)
    }

    func text() throws(TextError) -> String {
        guard case .scalar(let scalar) = node, scalar.anchor == nil else {
            throw error("text is expected here, without anchors or aliases")
        }
        return scalar.string
    }

    /// The items of a list; the words of a cell.
    func items() throws(TextError) -> [Document] {
        if let cell, case .scalar(let scalar) = node {
            return scalar.string.split(separator: " ").map { Document(cell: String($0), at: cell) }
        }
        guard case .sequence(let sequence) = node, sequence.anchor == nil else {
            throw error("a list is expected here")
        }
        return sequence.map { Document($0, in: lines) }
    }

    /// The fields of a mapping in their order; those not in `known` are refused.
    func fields(_ known: [String]? = nil) throws(TextError) -> [(name: Named, value: Document)] {
        guard case .mapping(let mapping) = node, mapping.anchor == nil else {
            throw error("fields are expected here, each as 'name: value'")
        }
        var fields: [(name: Named, value: Document)] = []
        for (key, value) in mapping {
            let key = Document(key, in: lines)
            let name = try key.text()
            if let known, !known.contains(name) || name == "<<" {
                throw key.error(
                    "there is no field '\(name)'; "
                        + (NearestName.of(name, in: known).map { "did you mean '\($0)'?" }
                            ?? "there are \(known.joined(separator: ", "))"))
            }
            guard !fields.contains(where: { $0.name.name == name }) else {
                throw key.error("the field '\(name)' stands twice")
            }
            fields.append((Named(name, at: key.position), Document(value, in: lines)))
        }
        return fields
    }

    var isList: Bool { node.sequence != nil }

    var isMapping: Bool { node.mapping != nil }

    /// The items of a list, or the one thing that stands here without one.
    func list() throws(TextError) -> [Document] {
        isList ? try items() : [self]
    }

    /// The document with a number in place of `{n}`, and of `{nn}` with two digits, in its texts.
    func numbered(_ number: Int) -> Document {
        switch node {
        case .scalar(var scalar):
            guard scalar.string.contains("{n") else { return self }
            let padded = number < 10 ? "0\(number)" : "\(number)"
            scalar.string = scalar.string.replacingOccurrences(of: "{nn}", with: padded)
                .replacingOccurrences(of: "{n}", with: "\(number)")
            return Document(.scalar(scalar), in: lines, cell: cell)
        case .sequence(var sequence):
            for index in sequence.indices {
                sequence[index] = Document(sequence[index], in: lines).numbered(number).node
            }
            return Document(.sequence(sequence), in: lines)
        default: return self
        }
    }
}
