import Records
import RuleEngine
import RuleLanguage
import Testing

@testable import RuleSource

@Suite("Explanations of what windows read")
struct ExplainingTests {
    private static let rule = """
        id: XX-01
        title: t
        status: draft
        level: low
        result: suspicious
        each: dispense as d
        with:
          past: dispense of d.patient before d.date where listed('prices', pharmacy, d.date)
        when: past.sum(days) > 20 && past.any(days > lookup('prices.most', pharmacy, date))
        subject: d.patient
        say: "x"
        """

    private static let manifest =
        "name: prices\nsource: s\nlicence: l\nkeys: [{column: shop, type: text}]\n"
        + "values: [{column: most, type: int}]\nvalid from: first\nvalid to: last\n"

    /// What the rule says of the last of these dispenses: days, and the pharmacy.
    private func text(_ supplies: [(days: Int, pharmacy: String)]) throws -> String {
        let table = try TableReader.table(
            manifest: Self.manifest, manifestFile: "p.yaml",
            rows: "shop,most,first,last\nph1,7,2020-01-01,2030-12-31\n", rowsFile: "p.csv")
        let schema = RuleSchema.facts(tables: [table.schema])
        let rule = try RuleReader(schema: schema).rule(
            Self.rule, file: "XX-01.yaml", predicates: [])
        let facts = supplies.enumerated().map { number, supply in
            "  f\(number): {dispense: {patient: p1, date: 2021-01-\(number + 10), "
                + "days: \(supply.days), pharmacy: \(supply.pharmacy)}}\n"
        }
        let file = try RuleTestReader.read(
            "rule: XX-01\nfacts:\n\(facts.joined())flag: [it]\n", file: "t.yaml")
        var engine = try Engine(rules: [try rule.check(against: schema)], tables: [table])
        let testCase = try #require(file.cases.first)
        engine.take(
            testCase.facts, sealed: [], present: try #require(testCase.facts.last).position.anchored
        )
        let found = try #require(engine.explain(rule: 0, leaf: UInt64(supplies.count)).first)
        return found.explanation.text
    }

    @Test("each row tells what the window's condition read, with rows of tables and their validity")
    func rows() throws {
        let found = try text([(30, "ph1"), (3, "ph2"), (5, "ph1"), (1, "ph1")])
        let row = "[table prices: ph1 from 2020-01-01 to 2030-12-31]"
        for part in [
            "leaf 4: found", "with past:\n  dispense = 2 rows\n    leaf 1 = yes\n",
            "      listed('prices', pharmacy, d.date) = yes  \(row)\n        pharmacy = ph1",
            // The row that the window's condition refused.
            "    leaf 2 = no\n      listed('prices', pharmacy, d.date) = no\n",
            // What the rule asked of the rows that it took.
            "past.sum(days) = 35\n        leaf 1 = 30\n          days = 30\n        leaf 3 = 5\n",
            "leaf 1 = yes\n        days > lookup('prices.most', pharmacy, date) = yes\n",
            "lookup('prices.most', pharmacy, date) = 7  \(row)",
        ] {
            #expect(found.contains(part), "\(part) in:\n\(found)")
        }
    }

    @Test("of many rows the first are told of, and how many more there are")
    func many() throws {
        let found = try text(Array(repeating: (9, "ph1"), count: 19))
        #expect(found.contains("dispense = 18 rows\n    leaf 1 = yes\n"), "\(found)")
        #expect(found.contains("    leaf 16 = yes\n"))
        #expect(!found.contains("leaf 17 = yes") && found.contains("    2 more = not told"))
    }
}
