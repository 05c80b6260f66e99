internal import RuleLanguage
internal import Yams

/// The lines of a file of YAML: where in it the characters of a text stand that goes over several
/// lines, or that has signs written as others.
struct SourceLines {
    private let lines: [[Character]]

    init(_ text: String) {
        lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }.map { Array($0) }
    }

    /// Where each character of a text that begins at `mark` stands, and its end; nil where they
    /// stand one after another on one line.
    func places(of scalar: Node.Scalar, at mark: Mark) -> [SourcePosition]? {
        var line = max(0, mark.line - 1)
        var column = max(0, mark.column - 1)
        switch scalar.style {
        case .literal, .folded: (line, column) = (line + 1, 0)
        case .singleQuoted, .doubleQuoted: column += 1
        default: break
        }
        let first = line
        var isShifted = scalar.style == .literal || scalar.style == .folded
        var places: [SourcePosition] = []
        for character in scalar.string {
            // Blanks and ends of lines stand for one another, in any number.
            if !character.isWhitespace {
                while lines.indices.contains(line),
                    column >= lines[line].count || lines[line][column].isWhitespace
                {
                    (line, column) =
                        column >= lines[line].count ? (line + 1, 0) : (line, column + 1)
                }
            }
            guard lines.indices.contains(line) else { return nil }
            places.append(SourcePosition(line: line + 1, column: column + 1))
            let width = width(of: character, line, column, scalar.style)
            isShifted = isShifted || width != 1
            column = min(column + width, lines[line].count)
        }
        places.append(SourcePosition(line: line + 1, column: column + 1))
        return line == first && !isShifted ? nil : places
    }

    /// How many signs stand for a character of a text.
    private func width(
        of character: Character, _ line: Int, _ column: Int, _ style: Node.Scalar.Style
    ) -> Int {
        let rest = lines[line].dropFirst(column)
        switch (style, rest.first) {
        case (.singleQuoted, "'"): return 2
        case (.doubleQuoted, "\\"):
            let lengths: [Character: Int] = ["x": 4, "u": 6, "U": 10]
            return rest.dropFirst().first.flatMap { lengths[$0] } ?? 2
        default: return 1
        }
    }

    /// Where a field stands for the second time in the mapping that begins at `mark`, by fields
    /// that stand each on a line of its own; else where the mapping begins.
    func second(_ name: String, in mark: Mark) -> SourcePosition {
        let start = SourcePosition(line: mark.line, column: mark.column)
        let indent = max(0, mark.column - 1)
        var count = 0
        for line in lines.indices.dropFirst(max(0, mark.line - 1)) {
            let rest = lines[line].dropFirst(indent)
            let isDeeper = lines[line].prefix(indent).contains { !$0.isWhitespace && $0 != "-" }
            guard !isDeeper, rest.starts(with: "\(name):") else { continue }
            count += 1
            if count == 2 {
                return SourcePosition(
                    line: line + 1, column: mark.column, length: name.count)
            }
        }
        return start
    }
}
