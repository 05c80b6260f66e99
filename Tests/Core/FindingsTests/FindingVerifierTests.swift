import Cryptography
import Findings
import Ledger
import Primitives
import Proofs
import Records
import RuleEngine
import Testing

@Suite("Finding verifier")
struct FindingVerifierTests {
    private func verify(
        _ bundle: FindingBundle, _ genesis: Genesis
    ) throws(FindingFailure) -> VerifiedFinding {
        try FindingVerifier(genesis: genesis).verify(bundle, by: FindingNetwork.evaluate)
    }

    private func step(_ bundle: FindingBundle, _ genesis: Genesis) -> FindingStep? {
        do throws(FindingFailure) {
            _ = try verify(bundle, genesis)
            return nil
        } catch {
            return error.step
        }
    }

    private func copy(
        _ bundle: FindingBundle, rules: [[UInt8]]? = nil,
        knowledge: [FindingBundle.Table]? = nil, evidence: [FindingBundle.Evidence]? = nil,
        statement: [UInt8]? = nil, salt: [UInt8]? = nil
    ) -> FindingBundle {
        FindingBundle(
            proof: bundle.proof, statement: statement ?? bundle.statement,
            salt: salt ?? bundle.salt, rules: rules ?? bundle.rules,
            knowledge: knowledge ?? bundle.knowledge, evidence: evidence ?? bundle.evidence)
    }

    @Test("a finding that the rule gives on its evidence is verified")
    func verifies() throws {
        let network = try FindingNetwork()
        let found = try verify(network.bundle, network.genesis)
        #expect(found.outline.rule == "CE-01" && found.outline.leaves == [0])
        #expect(found.proven.entry.leafIndex == 2)
        // It survives being written and read.
        let read = try FindingBundle.decode(network.bundle.encode())
        #expect(try verify(read, network.genesis).outline == found.outline)
    }

    @Test("the rule sees a person under the name that the statement joins pseudonyms to")
    func joins() throws {
        let reference = OpaqueID(prefixOf: FindingNetwork.digest("first"))
        let join = FindingStatement.Join(
            pseudonym: FindingNetwork.patient, reference: reference)
        let network = try FindingNetwork(joins: [join])
        var seen: [FactValue?] = []
        let found = try FindingVerifier(genesis: network.genesis).verify(network.bundle) {
            seen = $0.facts.map { $0.fact["patient"] }
            return FindingNetwork.evaluate($0)
        }
        #expect(seen == [.id(reference)])
        #expect(found.joined.count == 1 && found.joined[0].contains(reference.description))
        #expect(try verify(try FindingNetwork().bundle, try FindingNetwork().genesis).joined == [])
        let bytes = network.bundle.statement
        #expect(try FindingStatement.decode(bytes).joins == [join])
        #expect(throws: ProofFailure.self) { try FindingStatement.decode(bytes + [0]) }
    }

    @Test("no flipped bit of a bundle is verified")
    func flips() throws {
        let network = try FindingNetwork()
        let bytes = network.bundle.encode()
        for index in stride(from: 0, to: bytes.count, by: 3) {
            var bent = bytes
            bent[index] ^= 1 << UInt8(index % 8)
            guard let bundle = try? FindingBundle.decode(bent) else { continue }
            // Signatures over the same bytes by the same quorum may be many; nothing else may.
            #expect(step(bundle, network.genesis) != nil, "byte \(index)")
        }
    }

    @Test("a bundle of a withdrawn finding verifies, and says that it is withdrawn, and why")
    func withdrawn() throws {
        let network = try FindingNetwork()
        #expect(try verify(network.bundle, network.genesis).proven.withdrawal == nil)
        let read = try FindingBundle.decode(network.withdrawn.encode())
        #expect(read == network.withdrawn)
        let withdrawal = try #require(try verify(read, network.genesis).proven.withdrawal)
        #expect(withdrawal.entry.leafIndex == 3)
        #expect(withdrawal.statement.causes == [1])
        #expect(withdrawal.statement.reason == "another claim")
    }

    @Test("a bundle that is put together out of two pasts, each signed by a quorum, is refused")
    func twoPasts() throws {
        let network = try FindingNetwork()
        let pasts = try [3, 4].map(network.goneOn)
        func bundle(_ own: Chain, evidence: Chain) throws -> FindingBundle {
            let item = network.bundle.evidence[0]
            return FindingBundle(
                proof: try own.proof(ofLeaf: 2), statement: network.bundle.statement,
                salt: network.bundle.salt, rules: network.bundle.rules,
                knowledge: network.bundle.knowledge,
                evidence: [
                    FindingBundle.Evidence(
                        proof: try evidence.proof(ofLeaf: 0), payload: item.payload,
                        salt: item.salt)
                ])
        }
        for past in pasts {
            #expect(step(try bundle(past, evidence: past), network.genesis) == nil)
            // What a past goes on from is no other past.
            #expect(step(try bundle(past, evidence: network.chain), network.genesis) == nil)
        }
        let mixed = try bundle(pasts[0], evidence: pasts[1])
        let error = #expect(throws: FindingFailure.self) { try verify(mixed, network.genesis) }
        #expect(error?.proof?.step == .fork)
        #expect(error?.reason.contains("two blocks of one height") == true, "\(error as Any)")
    }

    @Test("a bundle that leaves a withdrawal out is told by what the ledger says of the finding")
    func leftOut() throws {
        let network = try FindingNetwork()
        let (before, after) = network.standing
        func with(
            _ standing: StandingProof?, _ withdrawal: FindingBundle.Withdrawal? = nil
        ) throws -> FindingBundle {
            let bundle = FindingBundle(
                proof: network.bundle.proof, statement: network.bundle.statement,
                salt: network.bundle.salt, rules: network.bundle.rules,
                knowledge: network.bundle.knowledge, evidence: network.bundle.evidence,
                withdrawal: withdrawal, standing: standing)
            #expect(try FindingBundle.decode(bundle.encode()) == bundle)
            return bundle
        }
        let unsaid = "That the finding stands, and was not withdrawn, is not proved."
        let later = "That the finding was not withdrawn after block 2 is not proved."
        let bare = try verify(try with(nil), network.genesis)
        #expect(bare.proven.standing == nil && bare.limits.contains(unsaid))
        let stood = try verify(try with(before), network.genesis)
        #expect(stood.proven.standing?.withdrawal == nil && stood.limits.contains(later))
        let withdrawn = try verify(try with(after), network.genesis)
        #expect(withdrawn.proven.standing?.withdrawal == 3)
        #expect(!withdrawn.limits.contains { $0.contains("withdrawn") })
        let good = try #require(network.withdrawn.withdrawal)
        #expect(
            try verify(try with(after, good), network.genesis).proven.withdrawal?.entry.leafIndex
                == 3)
        // A withdrawal that did not count yet, a state of another block, another key's leaf.
        let other = try #require(network.chain.state.map.proof(of: .parameters))
        for bent in [
            try with(before, good), try with(StandingProof(head: before.head, state: after.state)),
            try with(StandingProof(head: after.head, state: other)),
        ] {
            let failure = #expect(throws: FindingFailure.self) {
                try verify(bent, network.genesis)
            }
            #expect(failure?.proof?.step == .withdrawal)
        }
        var bytes = try with(after).encode()
        bytes[2] = 1
        #expect(throws: ProofFailure.self, "version 1 has no standing") {
            try FindingBundle.decode(bytes)
        }
    }

    @Test("a withdrawal that is not of this finding, or not what its entry says, is refused")
    func foreignWithdrawal() throws {
        let network = try FindingNetwork()
        let good = try #require(network.withdrawn.withdrawal)
        let statement = try WithdrawalStatement.decode(good.statement)
        let other = WithdrawalStatement(
            finding: statement.finding, standing: 2, height: Height(2), treeRoot: .zero,
            stateRoot: .zero, causes: [1], reason: "another reason")
        let rows: [(String, FindingBundle.Withdrawal)] = [
            (
                "not a withdrawal",
                FindingBundle.Withdrawal(
                    proof: network.bundle.proof, statement: good.statement, salt: good.salt)
            ),
            (
                "other words",
                FindingBundle.Withdrawal(
                    proof: good.proof, statement: other.encode(), salt: good.salt)
            ),
            (
                "other salt",
                FindingBundle.Withdrawal(
                    proof: good.proof, statement: good.statement,
                    salt: [UInt8](repeating: 1, count: 32))
            ),
        ]
        for (name, withdrawal) in rows {
            let bundle = network.withdrawn
            let bent = FindingBundle(
                proof: bundle.proof, statement: bundle.statement, salt: bundle.salt,
                rules: bundle.rules, knowledge: bundle.knowledge, evidence: bundle.evidence,
                withdrawal: withdrawal)
            #expect(step(bent, network.genesis) == .proofs, "\(name)")
        }
        // A withdrawal entry is no finding itself.
        let swapped = FindingBundle(
            proof: good.proof, statement: network.bundle.statement, salt: network.bundle.salt,
            rules: network.bundle.rules, knowledge: network.bundle.knowledge,
            evidence: network.bundle.evidence)
        #expect(step(swapped, network.genesis) == .proofs)
    }

    @Test("each part that is not the right one fails at its own step")
    func steps() throws {
        let network = try FindingNetwork()
        let bundle = network.bundle
        let genesis = network.genesis
        let rows: [(String, FindingBundle, FindingStep)] = [
            ("no rule", copy(bundle, rules: []), .rule),
            ("other rule", copy(bundle, rules: [[0x80]]), .rule),
            ("no table", copy(bundle, knowledge: []), .knowledge),
            (
                "other rows",
                copy(bundle, knowledge: [FindingBundle.Table(name: "limit", rows: [0x80])]),
                .knowledge
            ),
            ("no evidence", copy(bundle, evidence: []), .evidence),
            (
                "more evidence",
                copy(bundle, evidence: bundle.evidence + [network.otherEvidence]), .evidence
            ),
            ("other evidence", copy(bundle, evidence: [network.otherEvidence]), .evidence),
            (
                "evidence twice", copy(bundle, evidence: bundle.evidence + bundle.evidence),
                .evidence
            ),
            ("other salt", copy(bundle, salt: [UInt8](repeating: 1, count: 32)), .proofs),
        ]
        for (name, bundle, right) in rows {
            #expect(step(bundle, genesis) == right, "\(name)")
        }
    }

    @Test("a finding of a rule that the ledger does not have its issuer run is refused")
    func rules() throws {
        let foreign = try FindingNetwork(runners: [FindingNetwork.hospital])
        #expect(step(foreign.bundle, foreign.genesis) == .rule)
        let other = try FindingNetwork(ruleHash: FindingNetwork.digest("another"))
        #expect(step(other.bundle, other.genesis) == .rule)
    }

    @Test("a body that the rule does not give is refused, however well it is anchored")
    func invented() throws {
        let invented = try FindingNetwork { body in
            var bent = body
            bent[bent.count - 1] ^= 1
            return bent
        }
        #expect(step(invented.bundle, invented.genesis) == .evaluation)
        let malformed = try FindingNetwork { _ in [0xa0] }
        #expect(step(malformed.bundle, malformed.genesis) == .body)
    }

    @Test("another ledger's genesis proves nothing")
    func otherLedger() throws {
        let network = try FindingNetwork()
        let other = try FindingNetwork(runners: [FindingNetwork.hospital])
        #expect(step(network.bundle, other.genesis) == .proofs)
    }

    @Test("the engine gives the bytes that it gave, and no others")
    func engine() throws {
        let network = try FindingNetwork(byEngine: true)
        let verifier = try FindingVerifier(genesis: network.genesis)
        #expect(try verifier.verify(network.bundle).outline.reason == "a claim")
        let invented = try FindingNetwork(byEngine: true) { body in
            var bent = body
            bent[bent.count - 1] ^= 1
            return bent
        }
        #expect(throws: FindingFailure.self) {
            try FindingVerifier(genesis: invented.genesis).verify(invented.bundle)
        }
        // What another engine wrote by hand names a table that the rule does not read.
        let byHand = try FindingNetwork()
        #expect(throws: FindingFailure.self) {
            try FindingVerifier(genesis: byHand.genesis).verify(byHand.bundle)
        }
    }

    @Test("a table that is not in the bundle is taken from elsewhere, by its hash alone")
    func archived() throws {
        let network = try FindingNetwork()
        let bundle = copy(network.bundle, knowledge: [])
        var verifier = try FindingVerifier(genesis: network.genesis)
        let table = try KnowledgeTable.decode(FindingNetwork.table.rows)
        verifier.archive = { $0 == table.hash ? table : nil }
        #expect(try verifier.verify(bundle, by: FindingNetwork.evaluate).outline.rule == "CE-01")
        let other = try KnowledgeTable(
            schema: table.schema, source: "another", licence: "", rows: [])
        verifier.archive = { _ in other }
        #expect(throws: FindingFailure.self) {
            try verifier.verify(bundle, by: FindingNetwork.evaluate)
        }
    }

    @Test("an engine that cannot run the rule says why")
    func noEngine() throws {
        let network = try FindingNetwork()
        let verifier = try FindingVerifier(genesis: network.genesis)
        #expect(throws: FindingFailure.self) {
            try verifier.verify(network.bundle) { _ in .failure(EvaluationProblem("no engine")) }
        }
    }
}
