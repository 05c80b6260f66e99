/// A picture that grows downwards, in SVG: boxes, lines and text of one width a letter.
///
/// Whole numbers and a fixed order only, so that the same drawing gives the same bytes. Black on
/// white: what matters is said by words and by the kind of a line, never by a colour.
///
/// Source: Scalable Vector Graphics 1.1, section 5.3 (title), 10.5 (tspan).
struct PictureCanvas {
    /// How a box is drawn.
    enum Border: String {
        case plain = "stroke-width=\"1\""
        case thick = "stroke-width=\"3\""
        case dashed = "stroke-width=\"1\" stroke-dasharray=\"6 4\""
        case dotted = "stroke-width=\"1\" stroke-dasharray=\"1 3\""
    }

    /// One line of a text, and whether it is bold.
    struct Line {
        let text: String
        var isBold = false
    }

    static let letterWidth = 8
    static let lineHeight = 17
    static let padding = 7

    private var body: [String] = []
    private let width: Int
    /// How far the picture goes down.
    private(set) var height = 0

    init(width: Int) {
        self.width = width
    }

    mutating func leave(_ space: Int) { height += space }

    /// Draws lines of text at the present height, and goes below them; `title` is what they say
    /// without line breaks.
    mutating func write(_ lines: [Line], x: Int, title: String) {
        body.append("<g>\(PictureCanvas.element("title", title))")
        write(lines, x: x)
        body.append("</g>")
    }

    /// Draws a box around lines of text, from `x` to the right edge, and goes below it.
    mutating func box(_ lines: [Line], x: Int, right: Int, _ border: Border, title: String) {
        let inner = lines.count * PictureCanvas.lineHeight + 2 * PictureCanvas.padding
        body.append("<g>\(PictureCanvas.element("title", title))")
        body.append(
            "<rect x=\"\(x)\" y=\"\(height)\" width=\"\(right - x)\" height=\"\(inner)\" "
                + "fill=\"none\" stroke=\"black\" \(border.rawValue)/>")
        height += PictureCanvas.padding
        write(lines, x: x + PictureCanvas.padding)
        height += PictureCanvas.padding
        body.append("</g>")
    }

    mutating func line(x: Int, y: Int, toX: Int, toY: Int) {
        body.append(
            "<path d=\"M\(x) \(y)L\(toX) \(toY)\" stroke=\"black\" stroke-width=\"1\"/>")
    }

    private mutating func write(_ lines: [Line], x: Int) {
        for line in lines {
            let weight = line.isBold ? " font-weight=\"bold\"" : ""
            body.append(
                "<text x=\"\(x)\" y=\"\(height + 13)\"\(weight)>"
                    + "\(PictureCanvas.escaped(line.text))</text>")
            height += PictureCanvas.lineHeight
        }
    }

    /// The whole document.
    var document: String {
        let size = "width=\"\(width)\" height=\"\(height)\" viewBox=\"0 0 \(width) \(height)\""
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <svg xmlns="http://www.w3.org/2000/svg" version="1.1" \(size)>
            <rect width="\(width)" height="\(height)" fill="white"/>
            <g font-family="monospace" font-size="13" xml:space="preserve">
            \(body.joined(separator: "\n"))
            </g>
            </svg>

            """
    }

    private static func element(_ name: String, _ text: String) -> String {
        "<\(name)>\(escaped(text))</\(name)>"
    }

    /// A text as XML has it; what XML cannot say is shown as such.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\n", "\t", "\r": escaped += " "
            case "\u{0}"..<" ", "\u{FFFE}", "\u{FFFF}": escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// A text in lines that fit a width, broken between words where there are any.
    static func wrapped(_ text: String, width: Int, isBold: Bool = false) -> [Line] {
        let limit = max(width / letterWidth, 8)
        var lines: [Line] = []
        var rest = text[...]
        while columns(rest) > limit {
            var end = rest.startIndex
            var column = 0
            var space: String.Index?
            while end < rest.endIndex {
                column += columns(rest[end])
                guard column <= limit else { break }
                if rest[end] == " " { space = rest.index(after: end) }
                end = rest.index(after: end)
            }
            if end == rest.startIndex { end = rest.index(after: end) }
            let cut = space ?? end
            lines.append(Line(text: String(rest[..<cut]), isBold: isBold))
            rest = rest[cut...]
        }
        lines.append(Line(text: String(rest), isBold: isBold))
        return lines
    }

    private static func columns(_ text: Substring) -> Int {
        text.reduce(0) { $0 + columns($1) }
    }

    /// How many letters wide a character is: Chinese ones are two.
    private static func columns(_ character: Character) -> Int {
        character.unicodeScalars.contains { $0.value >= 0x1100 } ? 2 : 1
    }
}
