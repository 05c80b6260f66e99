import Foundation
import Primitives
import Records
import RuleEngine
import RuleLanguage
import Testing

@testable import RuleSource

/// Reasoning rules: facts of facts, circles of them, and what explains them.
@Suite("Reasoning rules")
struct ReasoningTests {
    private static let schema = RuleSchema.facts(tables: [])

    /// The rule of these files, and the facts under `facts:`.
    private func engine(
        _ reasoning: [String], _ body: String, _ facts: [String]
    ) throws -> Engine {
        var engine = try Engine(rules: [try rule(reasoning, body)], tables: [])
        let lines = facts.enumerated().map { "  f\($0): {\($1)}" }.joined(separator: "\n")
        let file = try RuleTestReader.read(
            "rule: XX-01\nfacts:\n\(lines)\nflag: [it]\n", file: "t.yaml")
        engine.take(file.cases[0].facts, present: Timestamp(milliseconds: 4_000_000_000_000))
        return engine
    }

    private func rule(_ reasoning: [String], _ body: String) throws -> CheckedRule {
        try read(reasoning, body).check(against: Self.schema)
    }

    private func read(_ reasoning: [String], _ body: String) throws -> Rule {
        try Rule.read(body, with: reasoning, Self.schema)
    }

    private func found(_ engine: Engine) -> [UInt64] {
        engine.judged.compactMap { judged in
            if case .finding = judged.verdict { judged.position.leafIndex } else { nil }
        }
    }

    /// A supply of days that begins on a day of January.
    private func supply(_ day: Int, _ days: Int, _ patient: String = "p1") -> String {
        "dispense: {patient: \(patient), date: 2021-01-\(day < 10 ? "0" : "")\(day), days: \(days)}"
    }

    private static let long = "derives: long\neach: dispense as d\nwhen: d.days > 5\n"
    /// What a long supply leads to, from one to the next within three days.
    private static let reached = """
        derives: reached
        each: dispense as d
        with:
          start: long of d.patient on d.date
          before: reached of d.patient within 3d before d.date
        when: start.any() || before.any()
        """
    private static let asksReached = """
        each: reached as d
        when: d.days > 0
        subject: d.patient
        say: "reached"
        """

    @Test("facts lead to facts, as far as there are any")
    func circle() throws {
        let supplies = [supply(1, 9), supply(3, 1), supply(6, 1), supply(9, 1), supply(20, 1)]
        let engine = try engine([Self.long, Self.reached], Self.asksReached, supplies)
        #expect(found(engine) == [1, 2, 3, 4])
    }

    @Test("facts that only lead to each other are none")
    func leastMeaning() throws {
        let mutual = """
            derives: mutual
            each: dispense as d
            with:
              near: mutual of d.patient within 3d around d.date
            when: near.any()
            """
        let asks = "each: mutual as d\nwhen: d.days > 0\nsubject: d.patient\nsay: \"x\"\n"
        #expect(found(try engine([mutual], asks, [supply(1, 9), supply(2, 9)])).isEmpty)
    }

    @Test("a negation speaks of all facts below it")
    func negation() throws {
        let lone = """
            derives: lone
            each: dispense as d
            with:
              reached: reached of d.patient on d.date
            when: reached.none()
            """
        let asks = "each: lone as d\nwhen: d.days > 0\nsubject: d.patient\nsay: \"x\"\n"
        let supplies = [supply(1, 9), supply(3, 1), supply(6, 1), supply(20, 1)]
        #expect(found(try engine([Self.long, Self.reached, lone], asks, supplies)) == [4])
    }

    @Test("what a fact is given is read, and a fact that comes late changes what was found")
    func given() throws {
        let rest = """
            derives: rest
            each: long as d
            with:
              same: dispense of d.patient on d.date other
            when: same.none()
            gives: {over: d.days - 5}
            """
        let asks = """
            each: dispense as d
            with:
              all: rest of d.patient up to d.date
            when: all.sum(over) >= 6
            subject: d.patient
            involved: all
            say: "{all.sum(over)} over"
            """
        var engine = try engine(
            [Self.long, rest], asks, [supply(1, 9), supply(4, 7), supply(8, 1)])
        #expect(found(engine) == [2, 3])
        let late = try RuleTestReader.read(
            "rule: XX-01\nfacts:\n  f: {\(supply(4, 1))}\nflag: [it]\n", file: "t.yaml")
        let fact = late.cases[0].facts[0]
        let position = fact.position
        engine.take(
            [
                AnchoredFact(
                    fact: fact.fact,
                    position: LedgerPosition(
                        leafIndex: 9, leafHash: position.leafHash, ordinal: 0,
                        height: position.height, anchored: position.anchored,
                        issuer: position.issuer))
            ], present: Timestamp(milliseconds: 4_000_000_000_000))
        #expect(found(engine).isEmpty)
    }

    @Test("why and why not tell of each fact down to the entries that it stands on")
    func explained() throws {
        let asks = """
            each: dispense as d
            with:
              near: reached of d.patient within 3d up to d.date where days < 9
            when: near.any()
            subject: d.patient
            involved: near
            say: "x"
            """
        var engine = try engine(
            [Self.long, Self.reached], asks,
            [supply(1, 9), supply(3, 1), supply(6, 1), supply(20, 1), supply(2, 9, "p2")])
        let why = try #require(engine.explain(rule: 0, leaf: 3).first)
        #expect(why.looked == [1, 2, 3], "the chain goes back to the long supply")
        let text = why.explanation.text
        for part in [
            "with near:", "reached = 1 row", "leaf 3 = yes", "window reached.start = 1 row",
        ] {
            #expect(text.contains(part), "\(part) in:\n\(text)")
        }
        let whyNot = try #require(engine.explain(rule: 0, leaf: 4).first)
        #expect(whyNot.explanation.outcome == .clear)
        #expect(whyNot.explanation.text.contains("leaf 4 = no"), "\(whyNot.explanation.text)")
    }

    @Test("a finding names the entries that its facts stand on")
    func evidence() throws {
        let asks = """
            each: dispense as d
            with:
              near: reached of d.patient within 3d before d.date
            when: near.any() && d.days == 2
            subject: d.patient
            involved: near
            say: "x"
            """
        let engine = try engine(
            [Self.long, Self.reached], asks,
            [supply(1, 9), supply(3, 1), supply(6, 1), supply(9, 2)])
        let body = try #require(engine.findings.first)
        for fact in 0..<4 {
            #expect(body.firstRange(of: try leafHash(fact)) != nil, "leaf \(fact)")
        }
    }

    @Test("a finding names what facts stand on that its facts are facts of")
    func evidenceOfBase() throws {
        let again = """
            derives: again
            each: dispense as d
            with:
              before: dispense of d.patient within 3d before d.date
            when: before.any()
            """
        let short = "derives: short\neach: again as d\nwhen: d.days < 3\n"
        let asks = "each: short as d\nwhen: d.days == 2\nsubject: d.patient\nsay: \"x\"\n"
        let engine = try engine([again, short], asks, [supply(1, 9), supply(9, 1), supply(10, 2)])
        let body = try #require(engine.findings.first)
        let leaves = try (0..<3).map { body.firstRange(of: try leafHash($0)) != nil }
        #expect(leaves == [false, true, true])
    }

    private func leafHash(_ number: Int) throws -> [UInt8] {
        let lines = (0..<4).map { "  f\($0): {\(supply(1, 9))}" }.joined(separator: "\n")
        let file = try RuleTestReader.read(
            "rule: XX-01\nfacts:\n\(lines)\nflag: [it]\n", file: "t.yaml")
        return Array(file.cases[0].facts[number].position.leafHash.bytes)
    }

    @Test("a long chain ends without running out of room")
    func longChain() throws {
        let first = try #require(Day(year: 2021, month: 1, day: 1)).number
        let supplies = (0..<150).map { number in
            "dispense: {patient: p1, date: \(Day(number: first + Int32(number) * 3)), "
                + "days: \(number == 0 ? 9 : 1)}"
        }
        let engine = try engine([Self.long, Self.reached], Self.asksReached, supplies)
        #expect(found(engine).count == 150)
    }

    @Test("canonical bytes hold the reasoning rules that are used, and the hash covers them")
    func canonical() throws {
        let texts = [Self.long, Self.reached, "derives: other\neach: claim as c\n"]
        let rule = try read(texts, Self.asksReached)
        #expect(rule.derivations.map(\.name.name).sorted() == ["long", "reached"])
        let bytes = rule.encode()
        let decoded = try Rule.decode(bytes)
        #expect(decoded.encode() == bytes)
        #expect(try decoded.check(against: Self.schema).hash == rule.hash)
        let changed = try read(
            [Self.long.replacing("> 5", with: "> 6"), Self.reached], Self.asksReached)
        #expect(changed.hash != rule.hash)
        #expect(try read([Self.reached, Self.long], Self.asksReached).hash == rule.hash)
        for end in bytes.indices { #expect((try? Rule.decode(Array(bytes[..<end]))) == nil) }
    }

    @Test("a rule that asks through others costs more")
    func cost() throws {
        let asksLong = Self.asksReached.replacing("reached as d", with: "long as d")
        let near = try rule([Self.long], asksLong).cost.steps
        let far = try rule([Self.long, Self.reached], Self.asksReached).cost.steps
        #expect(near < far && far < 1_000_000)
    }
}
