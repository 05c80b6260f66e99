internal import RuleLanguage

/// Comma-separated values: cells, quotes doubled within quotes.
///
/// Source: RFC 4180.
enum CSVText {
    struct Line {
        let position: SourcePosition
        let cells: [String]
    }

    static func lines(_ text: String) throws(TextError) -> [Line] {
        var lines: [Line] = []
        var cells: [String] = []
        var cell = ""
        var number = 1
        var start = 1
        var isQuoted = false
        var wasQuote = false
        func finish() {
            cells.append(cell)
            if cells != [""] {
                lines.append(
                    Line(position: SourcePosition(line: start, column: 1), cells: cells))
            }
            cells = []
            cell = ""
        }
        for scalar in text.unicodeScalars {
            if scalar == "\n" { number += 1 }
            if isQuoted {
                if scalar == "\"" {
                    isQuoted = false
                    wasQuote = true
                } else {
                    cell.unicodeScalars.append(scalar)
                }
                continue
            }
            switch scalar {
            case "\"":
                if wasQuote { cell.append("\"") }
                isQuoted = true
            case ",":
                cells.append(cell)
                cell = ""
            case "\n":
                finish()
                start = number
            case "\r": break
            default: cell.unicodeScalars.append(scalar)
            }
            wasQuote = false
        }
        guard !isQuoted else {
            throw TextError(
                position: SourcePosition(line: start, column: 1),
                message: "the quotes that begin here have no end")
        }
        finish()
        return lines
    }
}
