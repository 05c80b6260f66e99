import Consensus
import Cryptography
import Ledger
import Primitives
import Proofs
import Records
import Testing

@Suite("What became of a rule")
struct RuleProofTests {
    private static let rule = "CE-77"

    /// The proof under the last block.
    private func proof(_ network: ProofNetwork) throws -> RuleProof {
        let last = try #require(network.blocks.last)
        let key = StateKey.ruleHistory(Self.rule)
        let state = network.state.map.proof(of: key) ?? network.state.map.absence(of: key)
        return RuleProof(
            rule: Self.rule,
            head: ClaimedHead(header: last.executed.header, commitProof: last.commitProof),
            state: try #require(state))
    }

    private func vote(_ version: RuleVersion, _ network: inout ProofNetwork) throws {
        try network.agree(on: .setRules([version], retire: []))
    }

    private func version(_ label: String, trial: [InstitutionID]? = nil) -> RuleVersion {
        RuleVersion(
            id: Self.rule, hash: ProofNetwork.digest(label),
            runners: [ProofNetwork.id("insurer")], trial: trial)
    }

    @Test("a later head proves every version and its heights, and before a vote that there is none")
    func history() throws {
        var network = try ProofNetwork()
        try network.decide([[network.entry("insurer", about: "before")]])
        let auditor = try Auditor(genesis: network.genesis)
        let before = try auditor.verify(try RuleProof.decode(try proof(network).encode()))
        #expect(before.isAsInGenesis)
        #expect(before.history.standing(at: Height(1))?.inForce == nil)
        try vote(version("one", trial: []), &network)
        try vote(version("one"), &network)
        try vote(version("two"), &network)
        try network.decide([])
        let proven = try auditor.verify(try RuleProof.decode(try proof(network).encode()))
        #expect(!proven.isAsInGenesis)
        let expected: [(UInt64, inForce: RuleVersion?, trial: RuleVersion?)] = [
            (1, nil, nil), (2, nil, nil), (3, nil, version("one", trial: [])),
            (4, version("one"), nil), (5, version("two"), nil), (6, version("two"), nil),
        ]
        for (height, inForce, trial) in expected {
            let stood = proven.history.standing(at: Height(height))
            #expect(stood?.inForce == inForce, "\(height)")
            #expect(stood?.trial == trial, "\(height)")
        }
    }

    @Test("a proof of another rule, or of a state that was not signed, is refused")
    func refusals() throws {
        var network = try ProofNetwork()
        try vote(version("one"), &network)
        let early = try proof(network)
        try vote(version("two"), &network)
        let auditor = try Auditor(genesis: network.genesis)
        let good = try proof(network)
        for bent in [
            RuleProof(rule: "CE-78", head: good.head, state: good.state),
            RuleProof(rule: good.rule, head: good.head, state: early.state),
            RuleProof(rule: good.rule, head: early.head, state: good.state),
        ] {
            let failure = #expect(throws: ProofFailure.self) { try auditor.verify(bent) }
            #expect(failure?.step == .rule)
        }
    }
}
