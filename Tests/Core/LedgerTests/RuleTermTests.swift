import Ledger
import Primitives
import Records
import Testing

@Suite("Notices by the rules that they open")
struct RuleTermTests {
    private static let rules = ["CE-01", "PR-03"]

    private static func notice(_ issuer: String, _ number: UInt64, _ rules: [String]) -> Entry {
        var entry = TestNetwork.record(
            issuer, number, kind: .notice,
            subjects: [.practitioner(TestNetwork.opaque("the accused"))])
        entry.body = .case(
            CaseBody(
                blindedCase: TestNetwork.opaque("a case"),
                step: .noticed(CaseBody.Opening(findings: [0], rules: rules)), previous: 0))
        return entry
    }

    @Test("every root is the model's, over 300 random sequences of blocks with notices")
    func agreesWithTheModel() throws {
        let network = try TestNetwork { $0.listsRules = true }
        let founded = LedgerState(genesis: network.genesis)
        let model = LedgerModel(network.genesis)
        var listed = 0
        for seed in UInt64(0)..<300 {
            var states = ModelledState(network, founded, model, seed: seed)
            for _ in 0..<4 { try states.goOn(batchCountMax: 3, entryCountMax: 4) }
            if states.state.map.head(of: .rule("PR-03")) != nil { listed += 1 }
        }
        #expect(listed > 100)
    }

    @Test(
        "a notice is listed under each of its rules, and nothing else is",
        arguments: [
            true, false,
        ])
    func lists(listsRules: Bool) throws {
        let network = try TestNetwork { $0.listsRules = listsRules }
        var state = LedgerState(genesis: network.genesis)
        let batches = [
            try network.verified(
                [
                    Self.notice("insurer", 1, Self.rules), Self.notice("insurer", 2, ["PR-03"]),
                    TestNetwork.finding("insurer", 3, "a finding"),
                ], in: state)
        ]
        _ = state.apply(try TestNetwork.execute(batches, on: state))
        for (rule, total) in [("CE-01", 1), ("PR-03", 2), ("RX-03b", nil)]
            as [(String, UInt64?)]
        {
            let head = state.map.head(of: .rule(rule))
            #expect(head?.total == (listsRules ? total : nil), "\(rule)")
        }
    }

    @Test("no step but a notice names a rule")
    func others() {
        for step in [.opened, .added, .shared(.legal), .closed] as [CaseBody.Step] {
            var entry = TestNetwork.record("insurer", 1, kind: step.kind, subjects: [])
            entry.body = .case(
                CaseBody(blindedCase: TestNetwork.opaque("a case"), step: step, previous: 1))
            #expect(entry.ruleTerms.isEmpty)
        }
        #expect(Self.notice("insurer", 1, Self.rules).ruleTerms == Self.rules.map(Term.rule))
    }

    @Test("the key comes back from its bytes; no rule and one that is too long are none")
    func key() {
        for rule in ["PR-03", "Fälle", String(repeating: "x", count: 64)] {
            let key = StateKey.term(.rule(rule))
            #expect(key.space == 27)
            #expect(StateKey(space: 27, bytes: key.bytes) == key)
        }
        for bytes in [[], [UInt8](repeating: 0x78, count: 65), [0xff]] as [[UInt8]] {
            #expect(StateKey(space: 27, bytes: bytes) == nil)
        }
    }

    @Test("the parameter is absent where it is false, comes back, and is true or nothing")
    func parameter() throws {
        var parameters = Parameters.standard
        let without = parameters.encode()
        parameters.listsRules = true
        parameters.entryRules = 2
        let bytes = parameters.encode()
        #expect(bytes.count == without.count + 4)
        var reader = CBORReader(bytes)
        #expect(try Parameters(from: &reader) == parameters)
        try reader.finish()
        for value in [0, 2] as [UInt8] {
            var bent = bytes
            bent[bent.count - 1] = value
            var reader = CBORReader(bent)
            #expect(throws: CBORError.self) { _ = try Parameters(from: &reader) }
        }
    }
}
