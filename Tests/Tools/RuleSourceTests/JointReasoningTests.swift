import Cryptography
import Foundation
import Primitives
import Records
import RuleEngine
import RuleLanguage
import Testing

@testable import RuleSource

/// Several reasoning rules that derive facts of one kind, from rows of one kind or of several.
@Suite("Reasoning rules that derive one kind")
struct JointReasoningTests {
    private static let schema = RuleSchema.facts(tables: [])

    /// Care of a patient: visits, supplies, and supplies that are long, which are told first.
    private static let care = [
        """
        derives: care
        rule: visit
        each: encounter as e
        where: e.class == 'AMB'
        gives: {date: date(e.from), weight: 1}
        """,
        """
        derives: care
        rule: supply
        each: dispense as d
        with:
          before: dispense of d.patient within 9d before d.date
        when: before.none()
        gives: {weight: d.days}
        """,
        """
        derives: care
        rule: long supply
        each: dispense as d
        when: d.days > 20
        gives: {weight: d.days * 10}
        """,
    ]

    private static let facts = [
        "encounter: {patient: p1, class: AMB, from: 2021-01-01T08:00:00Z, "
            + "to: 2021-01-01T09:00:00Z}",
        "dispense: {patient: p1, date: 2021-01-02, days: 30}",
        "dispense: {patient: p1, date: 2021-01-05, days: 5}",
        "encounter: {patient: p1, class: IMP, from: 2021-01-06T08:00:00Z, "
            + "to: 2021-01-07T09:00:00Z}",
        "dispense: {patient: p1, date: 2021-01-20, days: 7}",
        "claim: {patient: p1, claim: c1, from: 2021-01-31, to: 2021-01-31}",
    ]

    private static func asks(_ when: String, _ say: String = "x") -> String {
        """
        each: claim as c
        with:
          care: care of c.patient up to c.from
        when: \(when)
        subject: c.patient
        involved: care
        say: "\(say)"
        """
    }

    private func read(_ reasoning: [String], _ body: String) throws -> Rule {
        try Rule.read(body, with: reasoning, Self.schema)
    }

    private func engine(
        _ reasoning: [String], _ body: String, _ facts: [String] = Self.facts
    ) throws -> Engine {
        let rule = try read(reasoning, body).check(against: Self.schema)
        var engine = try Engine(rules: [rule], tables: [])
        let lines = facts.enumerated().map { "  f\($0): {\($1)}" }.joined(separator: "\n")
        let file = try RuleTestReader.read(
            "rule: XX-01\nfacts:\n\(lines)\nflag: [it]\n", file: "t.yaml")
        engine.take(file.cases[0].facts, present: Timestamp(milliseconds: 4_000_000_000_000))
        return engine
    }

    /// Whether there is one finding, with this reason.
    private func says(
        _ reason: String, _ reasoning: [String], _ body: String, _ facts: [String] = Self.facts
    ) throws -> Bool {
        let found = try engine(reasoning, body, facts).findings
        return found.count == 1 && found[0].firstRange(of: Array("\(reason)".utf8)) != nil
    }

    @Test("a window has the facts of all the rules, each once, in the order of their days")
    func together() throws {
        let say =
            "{care.count()}: {care.first(date)} to {care.last(date)}, {care.sum(weight)}, "
            + "{care.max(weight)}, {care.distinct(date)}, {care.days()}"
        // By 'long supply', whose name comes first, the supply of 30 days weighs 300.
        #expect(
            try says(
                "3: 2021-01-01 to 2021-01-20, 308, 300, 3, 31", Self.care,
                Self.asks("care.count() == 3", say)))
    }

    @Test("where no rule derives it a row is no fact")
    func refused() throws {
        #expect(try engine(Self.care, Self.asks("care.any(weight == 5)")).findings.isEmpty)
        #expect(try engine(Self.care, Self.asks("care.none(weight == 5)")).findings.count == 1)
    }

    @Test("what stands after where is asked of the rows of every kind")
    func filter() throws {
        let body = Self.asks("care.count() == 2").replacing(
            "up to c.from", with: "up to c.from where weight < 100")
        #expect(try engine(Self.care, body).findings.count == 1)
    }

    @Test("the order of the files changes neither the hash nor what is found")
    func order() throws {
        let body = Self.asks("care.sum(weight) == 308", "{care.sum(weight)}")
        let one = try read(Self.care, body)
        let other = try read(Self.care.reversed(), body)
        #expect(one.hash == other.hash)
        let decoded = try Rule.decode(one.encode())
        #expect(decoded.encode() == one.encode())
        #expect(decoded.derivations.compactMap(\.rule?.name) == ["long supply", "supply", "visit"])
        let found = try engine(Self.care, body).findings
        #expect(found.count == 1)
        #expect(try engine(Self.care.reversed(), body).findings == found)
    }

    @Test("why and why not show by which rule a row is a fact, and by which it is none")
    func explained() throws {
        var engine = try engine(Self.care, Self.asks("care.count() == 3"))
        let why = try #require(engine.explain(rule: 0, leaf: 6).first)
        let text = why.explanation.text
        for part in [
            "with care (dispense):", "with care (encounter):", "care by visit = ",
            "care by supply = yes", "care by supply = no", "care by long supply = yes",
            "care by long supply = no", "window care (encounter): 1 rows, leaves 1",
            "window care (dispense): 2 rows, leaves 2, 5",
        ] {
            #expect(text.contains(part), "\(part) in:\n\(text)")
        }
        #expect(why.looked.isSuperset(of: [1, 2, 5, 6]))
    }

    @Test("a finding names the entries that the rules which hold looked at")
    func evidence() throws {
        let engine = try engine(Self.care, Self.asks("care.count() == 3"))
        let body = try #require(engine.findings.first)
        let named = (1...6).filter { leaf in
            let hash = SHA256.hash(Array("test leaf \(leaf)".utf8))
            return body.firstRange(of: Array(hash.bytes)) != nil
        }
        // The judged row, and the three rows of the window.
        #expect(named == [1, 2, 5, 6])
    }

    @Test("rules of one kind may come back to themselves through any")
    func circle() throws {
        let reached = [
            "derives: reached\nrule: start\neach: encounter as e\nwhere: e.class == 'IMP'\n",
            """
            derives: reached
            rule: next
            each: dispense as d
            with:
              before: reached of d.patient within 5d before d.date
            when: before.any()
            """,
        ]
        let asks = Self.asks("care.count() == 3").replacing("care of", with: "reached of")
        let facts = [
            "encounter: {patient: p1, class: IMP, from: 2021-01-01T08:00:00Z}",
            "dispense: {patient: p1, date: 2021-01-04, days: 1}",
            "dispense: {patient: p1, date: 2021-01-08, days: 1}",
            "dispense: {patient: p1, date: 2021-01-20, days: 1}",
            Self.facts[5],
        ]
        #expect(try engine(reached, asks, facts).findings.count == 1)
    }

    @Test("a rule over facts of several kinds looks at the rows of each, and what it gives is read")
    func onTop() throws {
        let heavy = """
            derives: heavy
            each: care as c
            when: c.weight > 6
            gives: {twice: c.weight * 2}
            """
        let body = Self.asks("care.any()", "{care.count()} {care.sum(twice)}")
            .replacing("care of", with: "heavy of")
        #expect(try says("2 614", Self.care + [heavy], body))
        let judges = "each: heavy as h\nwhen: h.weight > 6\nsubject: h.patient\nsay: \"x\"\n"
        #expect(throws: RuleErrors.self) {
            try read(Self.care + [heavy], judges).check(against: Self.schema)
        }
    }

    @Test("that no rule of several derives a fact is known when time has passed")
    func closes() throws {
        let body = """
            each: claim as c
            with:
              care: care of c.patient within 10d after c.from
            when: care.none()
            subject: c.patient
            say: "x"
            """
        #expect(try engine(Self.care, body).findings.count == 1)
    }
}
