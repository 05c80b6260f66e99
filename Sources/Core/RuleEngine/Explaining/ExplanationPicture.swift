internal import Primitives

/// Draws proof trees: what was judged, what each part of the rule said and what that comes from,
/// the rows of knowledge tables with their validity, and the entries that were looked at.
///
/// Everything that the text form says is in it. A thick border says yes, a plain one no or a value,
/// a dashed one that it is not known; a dotted one is a row of a table.
public struct ExplanationPicture {
    private var canvas = PictureCanvas(width: ExplanationPicture.width)

    private static let width = 1_000
    private static let margin = 16
    private static let indent = 28
    /// How deep trees are drawn further to the right.
    private static let indentMax = 16
    private static let right = width - margin

    private init() {}

    /// The picture of these trees below each other, as an SVG document.
    public static func svg(_ explanations: [Explanation]) -> String {
        var picture = ExplanationPicture()
        picture.canvas.leave(margin)
        for explanation in explanations { picture.draw(explanation) }
        picture.legend()
        picture.canvas.leave(margin)
        return picture.canvas.document
    }

    private mutating func draw(_ explanation: Explanation) {
        heading("\(explanation.rule), \(explanation.title)")
        write("rule \(explanation.ruleHash)")
        canvas.leave(8)
        let verdict = "leaf \(explanation.leafIndex): \(explanation.verdict)"
        box(
            verdict, isBold: true, x: ExplanationPicture.margin,
            explanation.outcome == .found ? .thick : .plain)
        for field in explanation.fields { write("  \(field.name): \(field.value)") }
        for part in explanation.parts {
            canvas.leave(12)
            heading(part.name.isEmpty ? "\(part.place):" : "\(part.place) \(part.name):")
            _ = draw(part.node, depth: 0)
        }
        if !explanation.windows.isEmpty {
            canvas.leave(12)
            heading("entries in the windows:")
        }
        for window in explanation.windows {
            let count = window.leaves.count
            let leaves = window.leaves.map(String.init).joined(separator: ", ")
            box(
                "window \(window.name): \(count) rows of kind \(window.kind)"
                    + (count == 0 ? "" : ", leaves \(leaves)")
                    + (window.undecided.isEmpty ? "" : "; undecided: \(window.undecided)"),
                x: ExplanationPicture.margin, window.undecided.isEmpty ? .plain : .dashed)
            canvas.leave(6)
        }
        canvas.leave(24)
    }

    /// Draws a node and what its value comes from; gives the height at which the node begins.
    private mutating func draw(_ node: Explanation.Node, depth: Int) -> Int {
        let x =
            ExplanationPicture.margin
            + ExplanationPicture.indent * min(depth, ExplanationPicture.indentMax)
        let start = canvas.height
        let room = ExplanationPicture.right - x - 2 * PictureCanvas.padding
        canvas.box(
            PictureCanvas.wrapped(node.text, width: room)
                + PictureCanvas.wrapped("= \(node.value)", width: room, isBold: true),
            x: x, right: ExplanationPicture.right, ExplanationPicture.border(node.value),
            title: "\(node.text) = \(node.value)")
        if let row = node.row { draw(row, x: x + ExplanationPicture.indent) }
        let end = canvas.height
        canvas.leave(6)
        var last = end
        for child in node.children {
            let top = draw(child, depth: depth + 1)
            guard depth < ExplanationPicture.indentMax else { continue }
            last = top + PictureCanvas.padding + PictureCanvas.lineHeight / 2
            canvas.line(
                x: x + ExplanationPicture.indent / 2, y: last, toX: x + ExplanationPicture.indent,
                toY: last)
        }
        if last > end {
            canvas.line(
                x: x + ExplanationPicture.indent / 2, y: end,
                toX: x + ExplanationPicture.indent / 2, toY: last)
        }
        return start
    }

    private mutating func draw(_ row: Explanation.TableRow, x: Int) {
        box("[\(row.words)]", x: x, .dotted)
        write("  valid \(row.validity); version \(row.hash)", x: x)
    }

    private mutating func legend() {
        write("thick border: yes, or found    plain: no, or a value    dashed: not known")
        write("dotted: a row of a knowledge table, by its keys and the days on which it is valid")
    }

    private mutating func heading(_ text: String) {
        let room = ExplanationPicture.right - ExplanationPicture.margin
        canvas.write(
            PictureCanvas.wrapped(text, width: room, isBold: true),
            x: ExplanationPicture.margin, title: text)
    }

    private mutating func write(_ text: String, x: Int = ExplanationPicture.margin) {
        canvas.write(
            PictureCanvas.wrapped(text, width: ExplanationPicture.right - x), x: x, title: text)
    }

    private mutating func box(
        _ text: String, isBold: Bool = false, x: Int, _ border: PictureCanvas.Border
    ) {
        let room = ExplanationPicture.right - x - 2 * PictureCanvas.padding
        canvas.box(
            PictureCanvas.wrapped(text, width: room, isBold: isBold), x: x,
            right: ExplanationPicture.right, border, title: text)
    }

    /// The border that tells a value apart without its words.
    private static func border(_ value: String) -> PictureCanvas.Border {
        if value == "yes" { return .thick }
        return value.hasPrefix("unknown") ? .dashed : .plain
    }
}
