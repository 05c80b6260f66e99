import RuleLanguage
import Testing

@testable import RuleSource

@Suite("Rule files")
struct RuleReaderTests {
    private let reader = RuleReader(
        schema: RuleSchema(
            kinds: ["dispense", "encounter"].map { KindSchema(name: $0, fields: [], times: nil) },
            tables: []))

    private static let refill = """
        id: RX-05
        title: Refill much too early
        status: draft
        level: medium
        result: suspicious
        basis:
          - {law: "42 CFR 423.153", note: drug utilization management}
        stage: [during, after]
        each: dispense as d
        where: d.days > 0
        with:
          past: dispense of d.patient within 180d before d.date where drug == d.drug
          elapsed: days(d.date - past.max(date))
        when: past.any() && elapsed < 7
        except: ["hospice(d.patient)"]
        subject: d.patient
        involved: past
        amount: d.paid
        say: "{d.drug} handed out after {elapsed} days"
        """

    private func predicate(_ name: String, _ holds: String) throws -> Predicate {
        try reader.predicate(
            "predicate: \(name)\ntakes: {patient: patient}\nholds: \(holds)\n", file: "p.yaml")
    }

    @Test func readsARule() throws {
        let rule = try reader.rule(Self.refill, file: "RX-05.yaml", predicates: [])
        #expect(rule.header.id == "RX-05")
        #expect(rule.header.result == .suspicious)
        #expect(rule.header.basis.map(\.law) == ["42 CFR 423.153"])
        #expect(rule.header.attributes.map(\.text) == ["during, after"])
        #expect(rule.kind.name == "dispense" && rule.variable.name == "d")
        #expect(rule.bindings.map(\.name.name) == ["past", "elapsed"])
        #expect(rule.violating.map(\.name) == ["d"])
        #expect(rule.involved.map(\.name) == ["past"])
        #expect(rule.condition.position.line == 14)
        guard case .window = rule.bindings[0].content, case .value = rule.bindings[1].content
        else {
            Issue.record("the first binding is a window, the second a value")
            return
        }
    }

    @Test func takesThePredicatesThatItUses() throws {
        let predicates = [
            try predicate("unused", "true"), try predicate("inner", "true"),
            try predicate("hospice", "inner(patient)"),
        ]
        let rule = try reader.rule(Self.refill, file: "RX-05.yaml", predicates: predicates)
        #expect(Set(rule.predicates.map(\.name.name)) == ["hospice", "inner"])
    }

    @Test func layoutDoesNotChangeTheHash() throws {
        let spaced = Self.refill.replacing(
            "past.any() && elapsed < 7", with: "past.any()&&elapsed<7"
        )
        .replacing("{d.drug} handed", with: "{ d.drug } handed")
        let first = try reader.rule(Self.refill, file: "a", predicates: [])
        #expect(try reader.rule(spaced, file: "b", predicates: []).hash == first.hash)
        let other = Self.refill.replacing("elapsed < 7", with: "elapsed < 8")
        #expect(try reader.rule(other, file: "c", predicates: []).hash != first.hash)
    }

    @Test func canonicalBytesAreReadBack() throws {
        let rule = try reader.rule(Self.refill, file: "a", predicates: [])
        #expect(try Rule.decode(rule.encode()).hash == rule.hash)
    }

    @Test(arguments: [
        ("status: draft", "status: ready", "3:9: 'ready' is none of draft"),
        ("level: medium\n", "", "'level' is missing"),
        ("title:", "titel:", "no field 'titel'"),
        ("each: dispense as d", "each: dispense", "expected 'as'"),
        ("when: past.any() && elapsed < 7", "when: past.any() && ", "expected a value"),
        ("where: d.days > 0", "where: d.days > 0\nwhere: true", "where"),
        ("elapsed < 7", "elapsed < 0.5", "decimal("),
        ("id: RX-05", "id: &a RX-05", "anchors"),
        ("id: RX-05", "id: [", "no YAML"),
    ])
    func saysWhatIsWrong(right: String, wrong: String, word: String) throws {
        let text = Self.refill.replacing(right, with: wrong)
        let error = #expect(throws: SourceError.self) {
            try reader.rule(text, file: "RX-05.yaml", predicates: [])
        }
        #expect("\(error.map { "\($0)" } ?? "")".contains(word), "\(error.map { "\($0)" } ?? "")")
    }
}
