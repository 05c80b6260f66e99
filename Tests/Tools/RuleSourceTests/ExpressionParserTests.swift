import RuleLanguage
import Testing

@testable import RuleSource

@Suite("Expressions")
struct ExpressionParserTests {
    private let start = SourcePosition(line: 3, column: 7)

    private func text(_ source: String) throws -> String {
        try ExpressionParser.expression(source, at: start).description
    }

    @Test(arguments: [
        ("1 + 2*3", "1 + 2 * 3"),
        ("(1 + 2) * 3", "(1 + 2) * 3"),
        ("1-2-3", "1 - 2 - 3"),
        ("1-(2-3)", "1 - (2 - 3)"),
        ("a||b&&!c", "a || b && !c"),
        ("a == b ? 1 : x ? 2 : 3", "a == b ? 1 : x ? 2 : 3"),
        ("d.drug in class(\"opioid\")", "d.drug in class('opioid')"),
        (
            "past.sum(quantity * factor(drug)) / past.days()",
            "past.sum(quantity * factor(drug)) / past.days()"
        ),
        ("[1, 2].all(x, x > 0)", "[1, 2].all(x, x > 0)"),
        ("w.all(paid > 3)", "w.all(paid > 3)"),
        ("180d", "180d"), ("2w", "14d"), ("90min", "90min"), ("48h", "48h"),
        ("a[0].b", "a[0].b"),
        ("-x.y", "-x.y"),
        ("'it\\'s'", "'it\\'s'"),
        ("decimal('0.80')", "decimal('0.80')"),
    ])
    func readsAndWritesBack(source: String, canonical: String) throws {
        #expect(try text(source) == canonical)
        #expect(try text(canonical) == canonical)
    }

    @Test(arguments: [
        ("", 3, 7, "a value"), ("1 +", 3, 10, "a value"), ("(1", 3, 9, "')'"),
        ("1 2", 3, 9, "an operator"), ("0.5", 3, 7, "decimal("), ("'abc", 3, 7, "no end"),
        ("5y", 3, 7, "unit of time"), ("a &", 3, 9, "no meaning"), ("a\n  ;", 4, 3, "no meaning"),
        ("f(1,", 3, 11, "a value"), ("99999999999999999999", 3, 7, "too large"),
        ("a ? b", 3, 12, "':'"), ("'\\q'", 3, 9, "no escape"),
    ])
    func saysWhere(source: String, line: Int, column: Int, word: String) throws {
        let error = #expect(throws: TextError.self) { try text(source) }
        let position = try #require(error?.position)
        #expect((position.line, position.column) == (line, column), "\(error?.message ?? "")")
        #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
    }

    @Test func nestingIsBounded() {
        let deep = String(repeating: "(", count: 10_000) + "1"
        #expect(throws: TextError.self) { try text(deep) }
        let nots = String(repeating: "!", count: 10_000) + "a"
        #expect(throws: TextError.self) { try text(nots) }
    }

    @Test(arguments: [
        (
            "dispense of d.patient within 180d before d.date where drug == d.drug",
            "dispense of d.patient within 180d before d.date where drug == d.drug"
        ),
        (
            "encounter by e.patient at e.institution overlapping e other",
            "encounter of e.patient and e.institution overlapping e other"
        ),
        (
            "claim_line[from, to] of prescriber = p.practitioner between a and b earlier",
            "claim_line[from, to] of prescriber = p.practitioner between a and b earlier"
        ),
        ("dispense", "dispense"),
        (
            "encounter of patient where class == 'hospice'",
            "encounter of patient where class == 'hospice'"
        ),
        ("access within 2h up to a.at", "access within 2h up to a.at"),
    ])
    func readsWindows(source: String, canonical: String) throws {
        let kinds: Set = ["dispense", "encounter", "claim_line", "access"]
        let window = try ExpressionParser.window(source, at: start, kinds: kinds)
        #expect(window?.description == canonical)
    }

    @Test(arguments: ["past.max(date)", "d.days", "encounters", "dispense.count()"])
    func valuesAreNoWindows(source: String) throws {
        let window = try ExpressionParser.window(source, at: start, kinds: ["dispense"])
        #expect(window == nil)
    }

    @Test func reasonsMixTextAndValues() throws {
        let parts = try ReasonParser.parts("{d.drug} after {n} of {{30}} days", at: start)
        let words = parts.map { part in
            switch part {
            case .text(let text): text
            case .value(let value): "<\(value)>"
            }
        }
        #expect(words == ["<d.drug>", " after ", "<n>", " of {30} days"])
        #expect(throws: TextError.self) { try ReasonParser.parts("{open", at: start) }
    }
}
