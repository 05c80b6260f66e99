internal import RuleLanguage

/// Rows of comma-separated values, as RFC 4180 has them.
enum CSVRows {
    /// The rows of `text`, each with the number of its first line; empty lines are left out.
    static func rows(_ text: String) throws(TextError) -> [(line: Int, cells: [String])] {
        var rows: [(line: Int, cells: [String])] = []
        var cells: [String] = []
        var cell = ""
        var isQuoted = false
        var line = 1
        var start = 1
        var characters = Array(text)[...]
        func isEmpty() -> Bool { cells.isEmpty && cell.isEmpty }
        while let character = characters.popFirst() {
            if isQuoted {
                if character == "\"" {
                    if characters.first == "\"" {
                        cell.append("\"")
                        characters.removeFirst()
                    } else {
                        isQuoted = false
                    }
                } else {
                    if character.isNewline { line += 1 }
                    cell.append(character)
                }
            } else if character == "\"", cell.isEmpty {
                isQuoted = true
            } else if character == "," {
                cells.append(cell)
                cell = ""
            } else if character.isNewline {
                if !isEmpty() { rows.append((start, cells + [cell])) }
                cells = []
                cell = ""
                line += 1
                start = line
            } else {
                cell.append(character)
            }
        }
        guard !isQuoted else {
            throw TextError(
                position: .init(line: start, column: 1), message: "a quoted cell has no end")
        }
        if !isEmpty() { rows.append((start, cells + [cell])) }
        return rows
    }
}
