import Consensus
import Cryptography
import Findings
import Ledger
import Primitives
import Proofs
import Records
import RuleEngine
import RuleLanguage

/// A ledger with one validator, a claim, another claim, and a finding on the first of them.
struct FindingNetwork {
    let genesis: Genesis
    let bundle: FindingBundle
    /// Another entry of the ledger, opened, that the finding does not name.
    let otherEvidence: FindingBundle.Evidence
    /// The ledger so far, on which a test may go on.
    let chain: Chain
    /// The same bundle after the finding was withdrawn, with the entry that did.
    let withdrawn: FindingBundle
    /// How the ledger had the finding before it was withdrawn, and how it has it after.
    let standing: (before: StandingProof, after: StandingProof)

    static let hospital = id("hospital")
    static let regulator = id("regulator")
    /// A table without rows: `[1, "limit", "", "", [["name", "text"]], [], false, []]`.
    static let table = FindingBundle.Table(
        name: "limit",
        rows: [0x88, 0x01, 0x65] + Array("limit".utf8) + [0x60, 0x60, 0x81, 0x82, 0x64]
            + Array("name".utf8) + [0x64] + Array("text".utf8) + [0x80, 0xf4, 0x80])

    static func id(_ name: String) -> InstitutionID {
        guard let id = InstitutionID(name) else { preconditionFailure("\(name) is no id") }
        return id
    }

    static func digest(_ label: String) -> Digest { SHA256.hash(Array(label.utf8)) }
    static func key(_ label: String) throws -> SigningKey {
        try SigningKey(secret: digest(label).bytes)
    }

    static let patient = OpaqueID(prefixOf: digest("patient"))
    static let salt = [UInt8](repeating: 0x5a, count: 32)

    static var rule: Rule {
        Rule(
            header: RuleHeader(
                id: "CE-01", title: "A claim", status: .stable, level: .low, result: .suspicious,
                basis: [], attributes: []),
            kind: Named("claim"), variable: Named("c"), filter: nil, bindings: [],
            condition: Expression(.literal(.yes)), exceptions: [],
            subject: Expression(.field(Expression(.name("c")), "patient")),
            violating: [Named("c")], involved: [], amount: nil, reason: [.text("a claim")],
            predicates: [])
    }

    /// What the rule finds, as an engine would say it: each claim by itself.
    static func evaluate(
        _ material: FindingVerifier.Material
    ) -> Result<[[UInt8]], EvaluationProblem> {
        guard let rule = try? Rule.decode(material.rule) else {
            return .failure(EvaluationProblem("no rule"))
        }
        return .success(
            material.facts.filter { $0.fact.kind == .claim }.map { body($0, rule.hash) })
    }

    static func body(_ claim: AnchoredFact, _ ruleHash: Digest, _ rule: String = "CE-01") -> [UInt8]
    {
        var writer = CBORWriter()
        writer.map(14)
        writer.unsigned(0)
        writer.unsigned(1)
        writer.unsigned(1)
        writer.text(rule)
        writer.unsigned(2)
        writer.digest(ruleHash)
        writer.unsigned(3)
        writer.unsigned(1)
        writer.unsigned(4)
        writer.array(1)
        writer.array(2)
        writer.text(table.name)
        writer.digest((try? KnowledgeTable.decode(table.rows).hash) ?? .zero)
        writer.unsigned(5)
        writer.array(2)
        writer.text("patient")
        writer.bytes(patient.bytes)
        writer.unsigned(6)
        writer.array(1)
        writer.array(2)
        writer.unsigned(claim.position.leafIndex)
        writer.digest(claim.position.leafHash)
        writer.unsigned(7)
        writer.array(0)
        writer.unsigned(8)
        writer.array(0)
        writer.unsigned(9)
        writer.null()
        writer.unsigned(10)
        writer.unsigned(2)
        writer.unsigned(11)
        writer.array(0)
        writer.unsigned(12)
        writer.array(0)
        writer.unsigned(13)
        writer.text("a claim")
        return writer.bytes
    }

    /// What the engine finds on the claim.
    static func found(_ claim: AnchoredFact) throws -> [UInt8] {
        let checked = try rule.check(against: .facts(tables: []))
        var engine = try Engine(rules: [checked], tables: [])
        engine.take([claim], present: claim.position.anchored)
        for judged in engine.judged {
            if case .finding(let body) = judged.verdict { return body }
        }
        throw EvaluationProblem("the engine finds nothing")
    }

    /// `change` bends the body that the finding states; `runners` are those of the rule.
    init(
        runners: [InstitutionID] = [regulator], ruleHash: Digest? = nil,
        byEngine: Bool = false, joins: [FindingStatement.Join] = [],
        _ change: ([UInt8]) -> [UInt8] = { $0 }
    ) throws {
        let genesis = try FindingNetwork.genesis(
            runners, ruleHash ?? FindingNetwork.rule.hash)
        self.genesis = genesis
        var ledger = Chain(state: LedgerState(genesis: genesis))
        let payloads = try [1, 2].map(FindingNetwork.claimPayload)
        let claims = try payloads.enumerated().map { index, payload in
            try FindingNetwork.entry(
                .claim, by: FindingNetwork.hospital, number: UInt64(index + 1), payload,
                ledger: genesis.ledger)
        }
        try ledger.decide(claims)
        let position = LedgerPosition(
            leafIndex: 0, leafHash: SHA256.leaf(claims[0].encode()), ordinal: 0,
            height: Height(1), anchored: Timestamp(milliseconds: 0),
            issuer: FindingNetwork.hospital)
        let fact = AnchoredFact(
            fact: try Payload.decode(payloads[0]).facts[0], position: position)
        let statement = FindingStatement(
            body: change(
                byEngine
                    ? try FindingNetwork.found(fact)
                    : FindingNetwork.body(fact, FindingNetwork.rule.hash)),
            height: Height(1), treeRoot: .zero, stateRoot: .zero, joins: joins)
        let payload = Payload(
            mediaType: FindingStatement.mediaType, source: statement.encode(), facts: [])
        var finding = try FindingNetwork.entry(
            .finding, by: FindingNetwork.regulator, number: 1, payload.encode(),
            ledger: genesis.ledger)
        finding.body = .finding(
            FindingMark(finding: statement.finding, blindedCase: FindingNetwork.patient))
        try ledger.decide([finding])
        let before = try ledger.standing(of: .finding(statement.finding))
        let withdrawal = WithdrawalStatement(
            finding: statement.finding, standing: 2, height: Height(2), treeRoot: .zero,
            stateRoot: .zero, causes: [1], reason: "another claim")
        try ledger.decide([try FindingNetwork.entry(of: withdrawal, ledger: genesis.ledger)])
        standing = (before, try ledger.standing(of: .finding(statement.finding)))
        let proofs = try (0..<4).map { try ledger.proof(ofLeaf: $0) }
        bundle = FindingBundle(
            proof: proofs[2], statement: statement.encode(), salt: FindingNetwork.salt,
            rules: [FindingNetwork.rule.encode()], knowledge: [FindingNetwork.table],
            evidence: [
                FindingBundle.Evidence(
                    proof: proofs[0], payload: payloads[0], salt: FindingNetwork.salt)
            ])
        withdrawn = FindingBundle(
            proof: bundle.proof, statement: bundle.statement, salt: bundle.salt,
            rules: bundle.rules, knowledge: bundle.knowledge, evidence: bundle.evidence,
            withdrawal: FindingBundle.Withdrawal(
                proof: proofs[3], statement: withdrawal.encode(), salt: FindingNetwork.salt))
        otherEvidence = FindingBundle.Evidence(
            proof: proofs[1], payload: payloads[1], salt: FindingNetwork.salt)
        chain = ledger
    }

    /// The chain of the ledger, gone on with another claim; `label` tells such claims apart.
    func goneOn(_ label: Int) throws -> Chain {
        var chain = chain
        let payload = try FindingNetwork.claimPayload(label)
        try chain.decide([
            try FindingNetwork.entry(
                .claim, by: FindingNetwork.hospital, number: 3, payload, ledger: genesis.ledger)
        ])
        return chain
    }

    private static func entry(
        of withdrawal: WithdrawalStatement, ledger: LedgerID
    ) throws -> Entry {
        let payload = Payload(
            mediaType: WithdrawalStatement.mediaType, source: withdrawal.encode(), facts: [])
        var entry = try entry(.finding, by: regulator, number: 2, payload.encode(), ledger: ledger)
        entry.body = .finding(
            FindingMark(finding: withdrawal.finding, blindedCase: patient, isWithdrawn: true))
        return entry
    }

    private static func genesis(
        _ runners: [InstitutionID], _ ruleHash: Digest
    ) throws -> Genesis {
        let institutions = try [(hospital, 0 as UInt64), (regulator, 1)].map { id, power in
            Institution(
                id: id, name: id.name, kind: .regulator, tier: .city, power: power,
                submitKeys: [
                    Institution.SubmitKey(
                        stream: StreamID(0), key: try key("\(id) submit").publicKey)
                ], consensusKey: power > 0 ? try key("\(id) vote").publicKey : nil)
        }
        var parameters = Parameters.standard
        parameters.appealDays = 10
        return try Genesis(
            name: "findings", start: Timestamp(milliseconds: 1_790_000_000_000),
            institutions: institutions, parameters: parameters,
            rules: [RuleVersion(id: "CE-01", hash: ruleHash, runners: runners)])
    }

    private static func claimPayload(_ number: Int) throws -> [UInt8] {
        var fact = Fact(.claim)
        try fact.set("patient", to: .id(patient))
        try fact.set("type", to: .text("claim \(number)"))
        return Payload(mediaType: "text/plain", source: [UInt8(number)], facts: [fact]).encode()
    }

    private static func entry(
        _ kind: EntryKind, by issuer: InstitutionID, number: UInt64, _ payload: [UInt8],
        ledger: LedgerID
    ) throws -> Entry {
        Entry(
            kind: kind, issuer: issuer, stream: StreamID(0), number: number,
            eventTime: Timestamp(milliseconds: 1_790_000_000_000),
            subjects: kind == .claim
                ? [.patient(patient), .claim(OpaqueID(prefixOf: digest("claim \(number)")))] : [],
            commitment: try PayloadCommitment.commit(to: payload, salt: salt, ledger: ledger),
            sealedPayload: digest("sealed"), recipients: [regulator])
    }
}

/// The blocks of a ledger with one validator, one batch each.
struct Chain {
    var state: LedgerState
    var blocks: [(executed: ExecutedBlock, proof: CommitProof, tree: TreeRow)] = []

    mutating func decide(_ entries: [Entry]) throws {
        let issuer = entries[0].issuer
        let bytes = BatchWriter.batch(
            of: entries.map { $0.encode() }, ledger: state.ledger, issuer: issuer,
            stream: StreamID(0), firstNumber: entries[0].number, expiry: Height(100),
            signedBy: try FindingNetwork.key("\(issuer) submit"))
        let batch = try UnverifiedBatch(decoding: bytes).verify(against: state)
        let executed = try state.execute(
            [batch], at: state.head.height.next,
            time: Timestamp(milliseconds: state.head.time.milliseconds + 1_000),
            proposer: FindingNetwork.regulator, commitProof: blocks.last?.proof.encoded)
        let header = executed.block.header
        let id = BlockID(hash: executed.block.hash, treeRoot: header.treeRoot)
        let key = try FindingNetwork.key("\(FindingNetwork.regulator) vote")
        let vote = Vote(
            kind: .precommit, height: header.height, round: .zero,
            voter: FindingNetwork.regulator, block: id, validRound: nil,
            signature: try Signature([UInt8](repeating: 1, count: 64)))
        let proof = CommitProof(
            height: header.height, round: .zero, block: id,
            precommits: [
                CommitProof.Precommit(
                    voter: FindingNetwork.regulator,
                    signature: key.sign(
                        SigningBytes(ledger: state.ledger).digest(of: vote, key: key.keyID)))
            ])
        let rows = state.apply(executed)
        guard let tree = rows.first(where: { $0.kind == .tree }) else { return }
        blocks.append((executed, proof, try TreeRow.decode(tree.bytes)))
    }

    /// What the state map says of a key as of the last block.
    func standing(of key: StateKey) throws -> StandingProof {
        guard let block = blocks.last,
            let proof = state.map.proof(of: key) ?? state.map.absence(of: key)
        else { throw EvaluationProblem("nothing says anything of the \(key)") }
        return StandingProof(
            head: ClaimedHead(header: block.executed.header, commitProof: block.proof),
            state: proof)
    }

    func proof(ofLeaf leaf: Int) throws -> ProofFile {
        let size = state.head.tree.size
        let path = try MerklePlan.inclusion(of: UInt64(leaf), treeSize: size).map { range in
            range.hash { node in blocks.compactMap { $0.tree.hash(of: node) }.first ?? .zero }
        }
        let home = blocks.last { $0.executed.firstLeaf <= UInt64(leaf) }
        guard let home, let last = blocks.last,
            let issuer = state.map.proof(
                of: .institution(home.executed.batches[0].header.issuer)),
            let file = ProofFile(
                of: try UnverifiedBatch(decoding: home.executed.batches[0].bytes),
                entryAt: leaf - Int(home.executed.firstLeaf), header: last.executed.header,
                commitProof: last.proof,
                inclusion: InclusionProof(
                    leafIndex: UInt64(leaf), treeSize: size, path: path), issuer: issuer)
        else { throw EvaluationProblem("no proof of leaf \(leaf)") }
        return file
    }
}
