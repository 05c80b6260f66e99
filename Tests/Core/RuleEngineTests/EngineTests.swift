import Cryptography
import Primitives
import Records
import RuleEngine
import RuleLanguage
import TestSupport
import Testing

@Suite("Engine")
struct EngineTests {
    /// What the engine says, as lines that can be compared.
    private func answers(_ engine: Engine) -> [String] {
        engine.judged.map { judged in
            let place = "\(judged.rule) \(judged.position.leafIndex)"
            switch judged.verdict {
            case .finding(let body): return "\(place) finding \(SHA256.hash(body))"
            case .excused(let exception): return "\(place) excused \(exception)"
            case .notEvaluated(let cause): return "\(place) not evaluated: \(cause)"
            case .clear, .notConcerned: return place
            }
        }.sorted()
    }

    private func kinds(_ engine: Engine, rule: Int) -> [UInt64: String] {
        var found: [UInt64: String] = [:]
        for judged in engine.judged where judged.rule == rule {
            switch judged.verdict {
            case .finding: found[judged.position.leafIndex] = "finding"
            case .excused: found[judged.position.leafIndex] = "excused"
            case .notEvaluated(let cause):
                found[judged.position.leafIndex] = cause.isSealed ? "sealed" : "unknown"
            case .clear, .notConcerned: break
            }
        }
        return found
    }

    @Test("exactly the later of two equal rows is flagged, with both as evidence")
    func repeated() throws {
        var engine = try SampleRules.engine([SampleRules.repeated])
        engine.take(
            [
                try SampleRules.dispense(1, patient: 1, drug: "A", day: 100),
                try SampleRules.dispense(2, patient: 1, drug: "B", day: 101),
                try SampleRules.dispense(3, patient: 1, drug: "A", day: 102),
                try SampleRules.dispense(4, patient: 2, drug: "A", day: 102),
                try SampleRules.dispense(5, patient: 1, drug: "A", day: 200),
            ], present: SampleRules.at(300))
        #expect(kinds(engine, rule: 0) == [3: "finding"])
    }

    @Test("a missing field makes no finding and no clearance, but: not evaluated")
    func missing() throws {
        var engine = try SampleRules.engine([SampleRules.repeated])
        engine.take(
            [
                try SampleRules.dispense(1, patient: 1, drug: nil, day: 100),
                try SampleRules.dispense(2, patient: 1, drug: "A", day: 101),
            ], present: SampleRules.at(300))
        #expect(kinds(engine, rule: 0) == [2: "unknown"])
    }

    @Test("what is absent is said when the window has closed, and not before")
    func absence() throws {
        var engine = try SampleRules.engine([SampleRules.unfollowed])
        engine.take(
            [
                try SampleRules.dispense(1, patient: 1, drug: "A", day: 100),
                try SampleRules.dispense(2, patient: 2, drug: "A", day: 100),
            ], present: SampleRules.at(101))
        #expect(kinds(engine, rule: 0) == [1: "unknown", 2: "unknown"])
        engine.take(
            [try SampleRules.prescription(3, patient: 2, day: 102)], present: SampleRules.at(103))
        #expect(kinds(engine, rule: 0) == [1: "unknown"])
        engine.take([], present: SampleRules.at(104))
        #expect(kinds(engine, rule: 0) == [1: "finding"])
        // It comes after all: late by anchoring, in time by its date.
        engine.take(
            [try SampleRules.prescription(4, patient: 1, day: 101)], present: SampleRules.at(110))
        #expect(kinds(engine, rule: 0) == [:])
    }

    @Test("an exception excuses, and a sealed entry that may matter lets nothing be said")
    func exceptions() throws {
        var engine = try SampleRules.engine([SampleRules.many])
        let facts = try (1...3).map {
            try SampleRules.dispense($0, patient: 1, drug: "A", day: 100 + Int32($0))
        }
        engine.take(facts, present: SampleRules.at(200))
        #expect(kinds(engine, rule: 0) == [3: "finding"])
        engine.take(
            [try SampleRules.dispense(4, patient: 1, drug: "B", day: 102, supply: 0)],
            present: SampleRules.at(201))
        #expect(kinds(engine, rule: 0) == [2: "excused", 3: "excused", 4: "excused"])
        engine.take(
            [],
            sealed: [
                SealedEntry(
                    kind: .dispense, patient: SampleRules.patient(1), practitioner: nil,
                    time: SampleRules.at(102), leafIndex: 9, issuer: SampleRules.institution)
            ], present: SampleRules.at(202))
        #expect(kinds(engine, rule: 0) == [2: "sealed", 3: "sealed", 4: "sealed"])
    }

    @Test("in whatever order and steps facts come, the answers are the same, seeds 0 to 39")
    func orders() throws {
        for seed in UInt64(0)..<40 {
            var random = SplitMix(seed: seed)
            var facts: [AnchoredFact] = []
            for leaf in 0..<40 {
                let patient = Int(random.next() % 3)
                let day = 100 + Int32(random.next() % 40)
                if random.next() % 5 == 0 {
                    facts.append(try SampleRules.prescription(leaf, patient: patient, day: day))
                } else {
                    let drug = random.next() % 9 == 0 ? nil : "D\(random.next() % 3)"
                    facts.append(
                        try SampleRules.dispense(
                            leaf, patient: patient, drug: drug, day: day,
                            supply: Int64(random.next() % 4)))
                }
            }
            let sealed = (0..<3).map { index in
                SealedEntry(
                    kind: index == 0 ? .prescription : .dispense,
                    patient: index == 2 ? nil : SampleRules.patient(index), practitioner: nil,
                    time: SampleRules.at(100 + Int32(random.next() % 40)),
                    leafIndex: 100 + UInt64(index), issuer: SampleRules.institution)
            }
            let present = SampleRules.at(100 + Int32(random.next() % 60))
            var whole = try SampleRules.engine()
            whole.take(facts, sealed: sealed, present: present)
            var stepped = try SampleRules.engine()
            var left = facts
            var marks = sealed
            while !left.isEmpty {
                let fact = left.remove(at: Int(random.next() % UInt64(left.count)))
                let mark = random.next() % 8 == 0 ? marks.popLast() : nil
                stepped.take(
                    [fact], sealed: mark.map { [$0] } ?? [],
                    present: Timestamp(milliseconds: present.milliseconds - Int64(left.count)))
            }
            stepped.take([], sealed: marks, present: present)
            #expect(answers(stepped) == answers(whole), "seed \(seed)")
        }
    }

    @Test("an explanation names the rule, what each part said, and the rows that it saw")
    func explanation() throws {
        var engine = try SampleRules.engine([SampleRules.repeated])
        engine.take(
            [
                try SampleRules.dispense(1, patient: 1, drug: "A", day: 100),
                try SampleRules.dispense(2, patient: 1, drug: "A", day: 101),
            ], present: SampleRules.at(300))
        let explained = engine.explain(rule: 0, at: SampleRules.position(2))
        let text = try #require(explained).text
        for part in ["RX-1", "leaf 2: found", "past.any() = yes", "window past: 1 rows, leaves 1"] {
            #expect(text.contains(part), "\(part) in: \(text)")
        }
        let why = engine.explain(rule: 0, at: SampleRules.position(1))
        #expect(why?.outcome == .clear && why?.text.contains("nothing found") == true)
        let nowhere = engine.explain(rule: 0, at: SampleRules.position(7))
        let noRule = engine.explain(rule: 3, at: SampleRules.position(1))
        #expect(nowhere == nil && noRule == nil)
    }
}
