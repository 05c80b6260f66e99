/// A scoreboard as a page that needs nothing else: tables, and plots drawn inline.
public enum ScoreboardPage {
    public static func html(_ board: Scoreboard) -> String {
        let ruled = board.lines.filter { !$0.rules.isEmpty }
        let planted = ruled.filter { $0.recall.of > 0 }
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>Scoreboard</title>
            <style>
            body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 62em; }
            table { border-collapse: collapse; } th, td { padding: .2em .8em; text-align: right; }
            th:first-child, td:first-child { text-align: left; } tr { border-top: 1px solid #ddd; }
            svg text { font: 12px system-ui, sans-serif; }
            </style></head><body>
            <h1>Scoreboard</h1>
            <p>\(board.planted) planted cases among \(board.claims) claims; \(board.falseCases) \
            false cases.</p>
            <h2>Recall by pattern and difficulty</h2>
            <p>Bars: share found. Lines: 95 % bounds (Wilson).</p>
            \(recallPlot(planted))
            <h2>Precision by pattern</h2>
            \(precisionPlot(ruled.filter { $0.precision.of > 0 }))
            <h2>Numbers</h2>
            \(table(ruled))
            <p>Planted, and no rule for it: \(escaped(board.unguarded.joined(separator: ", "))).</p>
            </body></html>

            """
    }

    private static let rowHeight = 34
    private static let left = 90
    private static let width = 600

    private static func recallPlot(_ lines: [Scoreboard.Line]) -> String {
        let colours = ["#2a6f97", "#61a5c2", "#a9d6e5"]
        var marks = ""
        for (row, line) in lines.enumerated() {
            let top = row * rowHeight
            marks += label(line.pattern, top + 20)
            for (place, share) in [line.easy, line.near, line.camouflaged].enumerated() {
                marks += bar(share, top + 4 + place * 9, 8, colours[place])
            }
        }
        let legend = zip(["easy", "near", "camouflaged"], colours).enumerated().map { place, item in
            "<rect x=\"\(left + place * 120)\" y=\"\(lines.count * rowHeight + 8)\" width=\"10\" "
                + "height=\"10\" fill=\"\(item.1)\"/><text x=\"\(left + 16 + place * 120)\" "
                + "y=\"\(lines.count * rowHeight + 18)\">\(item.0)</text>"
        }.joined()
        return svg(lines.count * rowHeight + 26, marks + legend)
    }

    private static func precisionPlot(_ lines: [Scoreboard.Line]) -> String {
        var marks = ""
        for (row, line) in lines.enumerated() {
            marks += label(line.pattern, row * 20 + 14)
            marks += bar(line.precision, row * 20 + 4, 12, "#2a6f97")
        }
        return svg(lines.count * 20 + 8, marks)
    }

    private static func svg(_ height: Int, _ marks: String) -> String {
        "<svg width=\"\(left + width + 20)\" height=\"\(height)\" role=\"img\">\(marks)</svg>"
    }

    private static func label(_ text: String, _ y: Int) -> String {
        "<text x=\"0\" y=\"\(y)\">\(escaped(text))</text>"
    }

    private static func bar(_ share: Wilson, _ y: Int, _ height: Int, _ colour: String) -> String {
        guard let middle = share.share else { return "" }
        func x(_ millionths: Int) -> Int { left + millionths * width / 1_000_000 }
        let line = y + height / 2
        return "<rect x=\"\(left)\" y=\"\(y)\" width=\"\(max(x(middle) - left, 1))\" "
            + "height=\"\(height)\" fill=\"\(colour)\"/><line x1=\"\(x(share.low))\" "
            + "x2=\"\(x(share.high))\" y1=\"\(line)\" y2=\"\(line)\" stroke=\"#333\"/>"
    }

    private static func table(_ lines: [Scoreboard.Line]) -> String {
        let head =
            "<tr><th>pattern</th><th>easy</th><th>near</th><th>camouflaged</th>"
            + "<th>precision</th><th>false cases</th><th>withdrawn</th><th>days to detect</th>"
            + "<th>amount planted</th><th>amount found</th></tr>"
        let rows = lines.map { line in
            let cells = [
                escaped(line.pattern), counts(line.easy), counts(line.near),
                counts(line.camouflaged), counts(line.precision), String(line.falseCases),
                String(line.withdrawn), line.daysToDetect.map(String.init) ?? "",
                major(line.amountPlanted), major(line.amountFound),
            ]
            return "<tr>" + cells.map { "<td>\($0)</td>" }.joined() + "</tr>"
        }
        return "<table>\(head)\(rows.joined(separator: "\n"))</table>"
    }

    private static func counts(_ share: Wilson) -> String {
        share.of > 0 ? "\(share.hits) of \(share.of)" : ""
    }

    private static func major(_ minor: Int) -> String {
        "\(minor / 100).\(minor % 100 < 10 ? "0" : "")\(minor % 100)"
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "&": result += "&amp;"
            default: result.append(character)
            }
        }
    }
}
