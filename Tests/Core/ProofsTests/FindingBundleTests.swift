import Cryptography
import Ledger
import Primitives
import Proofs
import Records
import Testing

@Suite("Finding bundle")
struct FindingBundleTests {
    private let bundle: FindingBundle
    private let auditor: Auditor

    init() throws {
        var network = try ProofNetwork()
        let evidence = network.entry("city-hospital", about: "patient", payload: [7, 7])
        try network.decide([[evidence]])
        let head = network.state.head
        let statement = FindingStatement(
            body: [0xa1, 0x00, 0x01], height: head.height, treeRoot: head.tree.root,
            stateRoot: network.state.stateRoot
        )
        let payload = Payload(
            mediaType: FindingStatement.mediaType, source: statement.encode(), facts: [])
        let finding = network.entry(
            "insurer", about: "", payload: payload.encode(), finding: statement.finding)
        try network.decide([[finding]])
        auditor = try Auditor(genesis: network.genesis)
        bundle = FindingBundle(
            proof: try #require(try network.proofFile(height: 2, batch: 0, index: 0)),
            statement: statement.encode(), salt: ProofNetwork.salt, rules: [[1, 2, 3]],
            knowledge: [FindingBundle.Table(name: "limits", rows: [4])],
            evidence: [
                FindingBundle.Evidence(
                    proof: try #require(try network.proofFile(height: 1, batch: 0, index: 0)),
                    payload: [7, 7], salt: ProofNetwork.salt)
            ])
    }

    @Test("a bundle comes back as it was written, and its parts are proved")
    func verifies() throws {
        let read = try FindingBundle.decode(bundle.encode())
        #expect(read == bundle)
        let proven = try auditor.verify(read)
        #expect(proven.statement.body == [0xa1, 0x00, 0x01])
        #expect(proven.evidence.map(\.payload) == [[7, 7]])
        #expect(proven.rules == [[1, 2, 3]])
    }

    @Test("another statement, salt or payload than was committed to fails at its step")
    func lies() throws {
        let evidence = bundle.evidence[0]
        let rows: [(ProofStep, FindingBundle)] = [
            (.statement, bundle.with(statement: bundle.statement + [0])),
            (.statement, bundle.with(salt: [UInt8](repeating: 0, count: 32))),
            (.statement, bundle.with(proof: evidence.proof)),
            (
                .evidence,
                bundle.with(evidence: [
                    FindingBundle.Evidence(
                        proof: evidence.proof, payload: [7, 8], salt: evidence.salt)
                ])
            ),
            (
                .ledgerTree,
                bundle.with(evidence: [
                    FindingBundle.Evidence(
                        proof: evidence.proof.with(leafIndex: 1), payload: evidence.payload,
                        salt: evidence.salt)
                ])
            ),
        ]
        for (step, bent) in rows {
            let failure = #expect(throws: ProofFailure.self) { try auditor.verify(bent) }
            #expect(failure?.step == step)
        }
    }
}

extension FindingBundle {
    fileprivate func with(
        proof: ProofFile? = nil, statement: [UInt8]? = nil, salt: [UInt8]? = nil,
        evidence: [Evidence]? = nil
    ) -> FindingBundle {
        FindingBundle(
            proof: proof ?? self.proof, statement: statement ?? self.statement,
            salt: salt ?? self.salt, rules: rules, knowledge: knowledge,
            evidence: evidence ?? self.evidence)
    }
}
