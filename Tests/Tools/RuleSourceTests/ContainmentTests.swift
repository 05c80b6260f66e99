import Primitives
import RuleEngine
import RuleLanguage
import Testing

@testable import RuleSource

/// Windows of rows within a stretch and around one, over a visit and what lies beside it.
@Suite("Rows during and rows covering a stretch")
struct ContainmentTests {
    private static let schema = RuleSchema.facts(tables: [])

    /// Whether a window beside a visit from 3 to 6 May finds the fact.
    private func finds(_ window: String, _ fact: String) throws -> Bool? {
        let text = """
            id: XX-01
            title: A question
            status: draft
            level: low
            result: suspicious
            each: claim as c
            with:
              found: \(window)
            when: found.any()
            subject: c.patient
            say: "it holds"
            """
        let rule = try RuleReader(schema: Self.schema).rule(text, file: "X", predicates: [])
        #expect(try Rule.decode(rule.encode()).encode() == rule.encode())
        let file = try RuleTestReader.read(
            """
            rule: XX-01
            facts:
              other: {\(fact)}
              bill: {claim: {patient: p1, from: 2021-05-03T08:00:00Z, to: 2021-05-06T10:00:00Z}}
            flag: [it]
            """, file: "t.yaml")
        var engine = try Engine(rules: [try rule.check(against: Self.schema)], tables: [])
        engine.take(file.cases[0].facts, present: Timestamp(milliseconds: 4_000_000_000_000))
        switch engine.judged.first?.verdict {
        case .finding: return true
        case .notEvaluated: return nil
        default: return false
        }
    }

    @Test(
        "rows with a clock, ends included",
        arguments: [
            ("2021-05-03T08:00:00Z", "2021-05-06T10:00:00Z", true, true),
            ("2021-05-04T08:00:00Z", "2021-05-05T10:00:00Z", true, false),
            ("2021-05-03T07:59:59Z", "2021-05-06T10:00:00Z", false, true),
            ("2021-05-03T08:00:00Z", "2021-05-06T10:00:01Z", false, true),
            ("2021-05-01T08:00:00Z", "2021-05-09T10:00:00Z", false, true),
            ("2021-05-01T08:00:00Z", "2021-05-04T10:00:00Z", false, false),
            ("2021-05-05T08:00:00Z", "2021-05-09T10:00:00Z", false, false),
            ("2021-05-08T08:00:00Z", "2021-05-09T10:00:00Z", false, false),
        ])
    func clocks(from: String, to: String, isDuring: Bool, covers: Bool) throws {
        let fact = "encounter: {patient: p1, from: \(from), to: \(to)}"
        let during = "encounter of c.patient during c.from to c.to"
        let covering = "encounter of c.patient covering c.from to c.to"
        #expect(try finds(during, fact) == isDuring)
        #expect(try finds(covering, fact) == covers)
    }

    @Test("a row without an end covers what comes, and lies within nothing")
    func open() throws {
        let fact = "encounter: {patient: p1, from: 2021-05-03T08:00:00Z}"
        #expect(try finds("encounter of c.patient during c.from to c.to", fact) == false)
        #expect(try finds("encounter of c.patient covering c.from to c.to", fact) == true)
        #expect(try finds("encounter of c.patient covering c.from", fact) == true)
    }

    @Test("dates and instants are compared by the day, and days of supply count")
    func days() throws {
        let policy = "coverage: {patient: p1, from: 2021-05-03, to: 2021-05-06}"
        #expect(try finds("coverage of c.patient covering c.from to c.to", policy) == true)
        #expect(try finds("coverage of c.patient during c.from to c.to", policy) == true)
        let supply = "dispense: {patient: p1, date: 2021-05-03, days: 4}"
        let over = "dispense of c.patient covering date(c.from) to date(c.to)"
        #expect(try finds(over, supply) == true)
        #expect(try finds(over, "dispense: {patient: p1, date: 2021-05-03, days: 3}") == false)
        let line = "claim_line: {patient: p1, date: 2021-05-04}"
        #expect(try finds("claim_line of c.patient during c.from to c.to", line) == true)
    }

    @Test("conditions of the window still hold, and kinds without time are refused")
    func conditions() throws {
        let fact = "encounter: {patient: p1, class: IMP, from: 2021-05-04, to: 2021-05-05}"
        let during = "encounter of c.patient during c.from to c.to where class =="
        #expect(try finds("\(during) 'IMP'", fact) == true)
        #expect(try finds("\(during) 'AMB'", fact) == false)
        #expect(throws: RuleErrors.self) {
            try finds("patient of c.patient during c.from to c.to", fact)
        }
    }
}
