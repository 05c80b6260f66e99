import Consensus
import Cryptography
import Ledger
import Primitives
import Proofs
import Records

/// Four institutions whose keys follow from names, and the blocks that they decide.
struct ProofNetwork {
    let genesis: Genesis
    private(set) var state: LedgerState
    private(set) var blocks: [Decided] = []
    var numbers: [String: UInt64] = [:]
    /// What a member's consensus key follows from, where it was changed.
    var consensusKeys: [String: String] = [:]
    /// What a member's submit key follows from, where it was changed.
    var submitKeys: [String: String] = [:]

    /// A block as a node keeps it.
    struct Decided {
        let executed: ExecutedBlock
        let commitProof: CommitProof
        let rows: [LedgerRow]
    }

    static let names = ["city-hospital", "county-hospital", "insurer", "regulator"]
    static let salt = [UInt8](repeating: 0x5a, count: 32)

    init(
        named name: String = "proof region", epochDays: UInt64 = 0, entryRules: UInt64 = 1,
        listsRules: Bool = false
    ) throws {
        var parameters = Parameters.standard
        parameters.epochDays = epochDays
        parameters.entryRules = entryRules
        parameters.listsRules = listsRules
        genesis = try Genesis(
            name: name, start: Timestamp(milliseconds: 1_790_000_000_000),
            institutions: try ProofNetwork.names.map { name in
                Institution(
                    id: ProofNetwork.id(name), name: name, kind: .hospital, tier: .city, power: 1,
                    submitKeys: [
                        Institution.SubmitKey(
                            stream: StreamID(0),
                            key: try ProofNetwork.key("\(name) submit").publicKey)
                    ],
                    consensusKey: try ProofNetwork.key("\(name) consensus").publicKey,
                    governKeys: [try ProofNetwork.key("\(name) govern").publicKey])
            },
            parameters: parameters)
        state = LedgerState(genesis: genesis)
    }

    var ledger: LedgerID { genesis.ledger }

    static func id(_ name: String) -> InstitutionID {
        guard let id = InstitutionID(name) else { preconditionFailure("\(name) is no id") }
        return id
    }

    static func key(_ label: String) throws -> SigningKey {
        try SigningKey(secret: digest(label).bytes)
    }

    static func digest(_ label: String) -> Digest { SHA256.hash(Array(label.utf8)) }

    static func patient(_ name: String) -> OpaqueID { OpaqueID(prefixOf: digest(name)) }

    /// An entry about a patient, with the next number of its issuer.
    mutating func entry(
        _ issuer: String, about patient: String, payload: [UInt8] = [1],
        finding: Digest? = nil
    ) -> Entry {
        let number = numbers[issuer, default: 1]
        numbers[issuer] = number + 1
        return Entry(
            kind: finding == nil ? .record : .finding, issuer: ProofNetwork.id(issuer),
            stream: StreamID(0), number: number, eventTime: genesis.start,
            subjects: finding == nil ? [.patient(ProofNetwork.patient(patient))] : [],
            commitment: try? PayloadCommitment.commit(
                to: payload, salt: ProofNetwork.salt, ledger: ledger),
            sealedPayload: ProofNetwork.digest("sealed"), recipients: [ProofNetwork.id("insurer")],
            body: finding.map {
                .finding(FindingMark(finding: $0, blindedCase: ProofNetwork.patient("case")))
            })
    }

    /// Decides a block in which three of four agree on an action, brought by `bringer`; returns the
    /// proposal's id.
    @discardableResult
    mutating func agree(
        on action: GovernanceAction, broughtBy bringer: String = "insurer",
        reason: String = "a test"
    ) throws -> Digest {
        let proposal = GovernanceProposal(action: action, expiry: Height(400), reason: reason)
        var entries: [Entry] = []
        for (index, voter) in ProofNetwork.names.prefix(3).enumerated() {
            let signer = GovernanceSigner(
                ledger: ledger, institution: ProofNetwork.id(voter),
                keys: [try ProofNetwork.key("\(voter) govern")])
            let draft = entry(bringer, about: "nobody")
            entries.append(
                Entry(
                    kind: .governance, issuer: draft.issuer, stream: draft.stream,
                    number: draft.number, eventTime: draft.eventTime,
                    body: .governance(
                        index == 0
                            ? signer.propose(proposal)
                            : signer.vote(on: proposal.id, isFor: true))))
        }
        try decide([entries])
        return proposal.id
    }

    /// Decides a block of batches, one for each list of entries; the signers are by name.
    mutating func decide(_ batches: [[Entry]], signedBy signers: [String] = names) throws {
        let verified = try batches.map { entries in
            let issuer = entries[0].issuer
            let bytes = BatchWriter.batch(
                of: entries.map { $0.encode() }, ledger: ledger, issuer: issuer,
                stream: StreamID(0), firstNumber: entries[0].number, expiry: Height(500),
                signedBy: try ProofNetwork.key(submitKeys[issuer.name] ?? "\(issuer) submit"))
            return try UnverifiedBatch(decoding: bytes).verify(against: state)
        }
        let executed = try state.execute(
            verified, at: state.head.height.next,
            time: Timestamp(milliseconds: state.head.time.milliseconds + 30),
            proposer: ProofNetwork.id("insurer"), commitProof: blocks.last?.commitProof.encoded)
        let proof = try commitProof(of: executed.block, by: signers)
        let rows = state.apply(executed)
        blocks.append(Decided(executed: executed, commitProof: proof, rows: rows))
    }

    /// The header of a height with its commit proof.
    func head(_ height: Height) -> ClaimedHead {
        let block = blocks[Int(height.blocks) - 1]
        return ClaimedHead(header: block.executed.header, commitProof: block.commitProof)
    }

    /// The precommits of these members for a block.
    func commitProof(
        of block: Block, by names: [String] = names, round: Round = Round(2)
    ) throws -> CommitProof {
        let header = block.header
        let id = BlockID(hash: block.hash, treeRoot: header.treeRoot)
        let signing = SigningBytes(ledger: ledger)
        let precommits = try names.map { name in
            let key = try ProofNetwork.key(consensusKeys[name] ?? "\(name) consensus")
            let unsigned = Vote(
                kind: .precommit, height: header.height, round: round,
                voter: ProofNetwork.id(name), block: id, validRound: nil,
                signature: try Signature([UInt8](repeating: 1, count: 64)))
            return CommitProof.Precommit(
                voter: ProofNetwork.id(name),
                signature: key.sign(signing.digest(of: unsigned, key: key.keyID)))
        }
        return CommitProof(
            height: header.height, round: round, block: id, precommits: precommits)
    }

    /// The proof file of entry `index` of batch `batch` of block `height`, under the last header.
    func proofFile(height: Int, batch: Int, index: Int) throws -> ProofFile? {
        let block = blocks[height - 1]
        guard let last = blocks.last else { return nil }
        let committed = block.executed.committed[batch]
        let bytes = block.executed.batches[batch].bytes
        guard
            let inclusion = try inclusion(of: committed.firstLeaf + UInt64(index)),
            let issuer = state.map.proof(
                of: .institution(block.executed.batches[batch].header.issuer))
        else { return nil }
        return ProofFile(
            of: try UnverifiedBatch(decoding: bytes), entryAt: index,
            header: last.executed.header, commitProof: last.commitProof, inclusion: inclusion,
            issuer: issuer, standing: standing(ofLeaf: committed.firstLeaf + UInt64(index)))
    }

    /// What the map says of a leaf whose entry may have no effect.
    func standing(ofLeaf leaf: UInt64) -> MapProof? {
        let entries = blocks.flatMap { $0.executed.batches.flatMap(\.entries) }
        guard entries[Int(leaf)].mayBeUnfit else { return nil }
        return state.map.proof(of: .unfit(leaf)) ?? state.map.absence(of: .unfit(leaf))
    }

    /// The path of a leaf in the newest tree, read from the rows of the blocks.
    func inclusion(of leaf: UInt64) throws -> InclusionProof? {
        let size = state.head.tree.size
        let path = try MerklePlan.inclusion(of: leaf, treeSize: size).map(hash)
        return InclusionProof(leafIndex: leaf, treeSize: size, path: path)
    }

    /// That the tree after block `height` is the start of the newest one.
    func consistency(from height: Int) throws -> ConsistencyProof {
        let first = blocks[height - 1].executed.header.treeSize
        let size = state.head.tree.size
        let path = try MerklePlan.consistency(from: first, to: size).map(hash)
        return ConsistencyProof(firstSize: first, secondSize: size, path: path)
    }

    private func hash(of range: MerkleRange) throws -> Digest {
        let rows = try treeRows()
        return range.hash { node in
            rows.compactMap { $0.hash(of: node) }.first ?? .zero
        }
    }

    private func treeRows() throws -> [TreeRow] {
        try blocks.compactMap { block in
            try block.rows.first { $0.kind == .tree }.map { try TreeRow.decode($0.bytes) }
        }
    }

    /// All runs of a term, read back from the rows as a node does.
    func runs(of term: Term) throws -> [TermRun] {
        guard let head = state.map.head(of: term),
            let slot = state.map.proof(of: .term(term))?.slot
        else { return [] }
        var runs: [TermRun] = []
        var height = head.lastHeight
        while height > .genesis {
            let rows = blocks[Int(height.blocks) - 1].rows
            guard let tree = rows.first(where: { $0.kind == .tree }),
                let row = rows.first(where: { $0.kind == .runs }),
                let table = try? RunsTable(row.bytes, height: height),
                let place = table.place(ofSlot: UInt32(slot))
            else { return [] }
            let found = try table.run(place, try TreeRow.decode(tree.bytes))
            runs.append(found.run)
            height = found.previousHeight
        }
        return runs.reversed()
    }

    /// A network with five blocks, the fourth of them empty.
    static func lived() throws -> ProofNetwork {
        var network = try ProofNetwork()
        for block in 0..<5 {
            guard block != 3 else {
                try network.decide([])
                continue
            }
            let hospital = (0..<3).map {
                network.entry("city-hospital", about: "patient \($0 + block)")
            }
            let insurer = (0..<2).map { _ in network.entry("insurer", about: "patient 2") }
            try network.decide([hospital, insurer])
        }
        return network
    }
}
