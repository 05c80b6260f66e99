import Primitives
import RuleEngine
import Testing

@Suite("Picture of an explanation")
struct ExplanationPictureTests {
    private static func node(
        _ text: String, _ value: String, row: Explanation.TableRow? = nil,
        _ children: [Explanation.Node] = []
    ) -> Explanation.Node {
        Explanation.Node(text: text, value: value, row: row, children: children)
    }

    private static let row = Explanation.TableRow(
        table: "limits", hash: .zero, keys: ["a < b", "\"q\""], from: Day(number: 18_000),
        to: nil)

    /// A tree with everything that one can have, deeper than it is drawn to the right.
    private static func explanation() -> Explanation {
        var deep = node("innermost", "7")
        for depth in 0..<30 { deep = node("depth \(depth) & more", "no", [deep]) }
        let long = Array(repeating: "a long expression", count: 40).joined(separator: " && ")
        return Explanation(
            rule: "RX-05", title: "Refill <much> too early", ruleHash: .zero, leafIndex: 17,
            ordinal: 1, outcome: .found, verdict: "found",
            fields: [
                .init(name: "drug", value: "rxnorm|7052 吗啡"),
                .init(name: "note", value: "a\u{1}b\nc"),
            ],
            parts: [
                .init(
                    place: "when", name: "",
                    node: node(
                        long, "yes",
                        [
                            node("limit('x')", "0.8", row: row), node("y", "unknown (sealed)"),
                            deep,
                        ])),
                .init(
                    place: "except", name: "long_travel",
                    node: node(String(repeating: "x", count: 400), "no")),
            ],
            windows: [
                .init(name: "past", kind: "dispense", leaves: [1, 2, 5], undecided: ""),
                .init(name: "near", kind: "access", leaves: [], undecided: "entries are sealed"),
            ])
    }

    /// What an XML reader would see: elements opened, closed, and the texts of titles.
    private struct Reading {
        var open: [String] = []
        var titles: [String] = []
        var problems: [String] = []
        var texts: [String] = []

        init(_ xml: String) {
            var rest = xml[...]
            while let start = rest.firstIndex(of: "<") {
                take(text: rest[..<start])
                guard let end = rest[start...].firstIndex(of: ">") else {
                    problems.append("an element without an end")
                    return
                }
                take(element: rest[rest.index(after: start)..<end])
                rest = rest[rest.index(after: end)...]
            }
            take(text: rest)
            if !open.isEmpty { problems.append("open at the end: \(open)") }
        }

        private mutating func take(text: Substring) {
            if text.unicodeScalars.contains(where: { $0.value < 0x20 && $0 != "\n" }) {
                problems.append("a control character in '\(text)'")
            }
            var plain = ""
            var rest = text
            while let start = rest.firstIndex(of: "&") {
                plain += rest[..<start]
                rest = rest[start...]
                let entities = ["&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": "\""]
                guard let found = entities.first(where: { rest.hasPrefix($0.key) }) else {
                    problems.append("a bare & in '\(text)'")
                    return
                }
                plain += found.value
                rest = rest.dropFirst(found.key.count)
            }
            plain += rest
            if open.last == "title" { titles.append(plain) }
            if open.last == "text" { texts.append(plain) }
        }

        private mutating func take(element: Substring) {
            if element.hasPrefix("?") { return }
            if element.hasPrefix("/") {
                let name = String(element.dropFirst())
                if open.popLast() != name { problems.append("</\(name)> closes another element") }
                return
            }
            if !element.filter({ $0 == "\"" }).count.isMultiple(of: 2) {
                problems.append("quotes that do not close in <\(element)>")
            }
            if element.hasSuffix("/") { return }
            open.append(String(element.prefix { $0 != " " }))
        }
    }

    private static func texts(of node: Explanation.Node) -> [String] {
        ["\(node.text) = \(node.value)"] + node.children.flatMap(texts)
    }

    @Test("is well-formed, whatever the texts")
    func wellFormed() {
        let svg = ExplanationPicture.svg([Self.explanation(), Self.explanation()])
        let reading = Reading(svg)
        #expect(reading.problems.isEmpty)
        #expect(svg.hasPrefix("<?xml") && svg.contains("<svg xmlns="))
    }

    @Test("has every node of the text form, every window, and the rows of tables with validity")
    func whole() {
        let explanation = Self.explanation()
        let reading = Reading(ExplanationPicture.svg([explanation]))
        for part in explanation.parts {
            for text in Self.texts(of: part.node) {
                #expect(reading.titles.contains(text), "\(text)")
            }
        }
        // What is drawn says the same as the titles, over however many lines.
        let drawn = reading.texts.joined().filter { $0 != " " }
        for title in reading.titles {
            let parts = title.replacing(" = ", with: "\u{0}").split(separator: "\u{0}")
            for part in parts {
                #expect(drawn.contains(part.filter { $0 != " " }), "\(part)")
            }
        }
        for words in ["[table limits: a < b, \"q\" from 2019-04-14]", "window past: 3 rows"] {
            #expect(drawn.contains(words.filter { $0 != " " }), "\(words)")
        }
        #expect(reading.titles.contains { $0.contains("valid from 2019-04-14 on") })
        #expect(reading.titles.contains { $0.contains("undecided: entries are sealed") })
    }

    @Test("is the same bytes each time, and another for another verdict")
    func deterministic() {
        let once = ExplanationPicture.svg([Self.explanation()])
        #expect(once == ExplanationPicture.svg([Self.explanation()]))
        #expect(once != ExplanationPicture.svg([]))
    }

    @Test("no line of text is wider than the picture")
    func fits() {
        let svg = ExplanationPicture.svg([Self.explanation()])
        for line in svg.split(separator: "\n") where line.hasPrefix("<text x=\"") {
            let x = Int(line.dropFirst(9).prefix { $0 != "\"" }) ?? 0
            let text = Reading(String(line)).texts.joined()
            let columns = text.unicodeScalars.reduce(0) { $0 + ($1.value >= 0x1100 ? 2 : 1) }
            #expect(x + 8 * columns <= 1_000, "\(line)")
        }
    }
}
