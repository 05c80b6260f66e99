internal import Consensus
internal import Cryptography
internal import Ledger
internal import Primitives
internal import Records

/// A ledger in memory, executed block by block and signed by every validator.
struct BenchLedger {
    /// A block with what a node stores beside it.
    struct Committed {
        let executed: ExecutedBlock
        let proof: CommitProof
    }

    let genesis: Genesis
    private(set) var state: LedgerState
    private let batchesOfBlock: Int
    private var makers: [EntryMaker]
    private var last: CommitProof?

    /// One whose blocks have so many batches, each of 256 entries and another institution.
    init(batchesOfBlock: Int) throws {
        genesis = try BenchNetwork(isIndexKept: true).genesis
        state = LedgerState(genesis: genesis)
        self.batchesOfBlock = batchesOfBlock
        makers = try (0..<batchesOfBlock).map {
            try EntryMaker(issuer: try BenchNetwork.id(BenchNetwork.name($0)), seed: UInt64($0))
        }
    }

    /// Puts the next block in.
    mutating func commit() throws -> Committed {
        let batches = try makers.indices.map { try batch(of: $0) }
        let executed = try state.execute(
            batches, at: state.head.height.next,
            time: Timestamp(milliseconds: state.head.time.milliseconds + 30),
            proposer: try BenchNetwork.id(BenchNetwork.name(0)), commitProof: last?.encoded)
        let proof = try Self.proof(of: executed.block, ledger: genesis.ledger)
        _ = state.apply(executed)
        last = proof
        return Committed(executed: executed, proof: proof)
    }

    private mutating func batch(of index: Int) throws -> VerifiedBatch {
        let name = BenchNetwork.name(index)
        let first = makers[index].nextNumber
        let entries = (0..<256).map { _ in makers[index].next() }
        let bytes = BatchWriter.batch(
            of: entries, ledger: genesis.ledger, issuer: try BenchNetwork.id(name),
            stream: StreamID(0), firstNumber: first, expiry: Height(500),
            signedBy: try BenchNetwork.key("submit", name))
        return try UnverifiedBatch(decoding: bytes).verify(against: state)
    }

    private static func proof(of block: Block, ledger: LedgerID) throws -> CommitProof {
        let id = BlockID(hash: block.hash, treeRoot: block.header.treeRoot)
        let signing = SigningBytes(ledger: ledger)
        let precommits = try BenchNetwork.validators.map { name in
            let key = try BenchNetwork.key("consensus", name)
            let voter = try BenchNetwork.id(name)
            let unsigned = Vote(
                kind: .precommit, height: block.header.height, round: Round(0), voter: voter,
                block: id, validRound: nil,
                signature: try Signature([UInt8](repeating: 1, count: 64)))
            return CommitProof.Precommit(
                voter: voter,
                signature: key.sign(signing.digest(of: unsigned, key: key.keyID)))
        }
        return CommitProof(
            height: block.header.height, round: Round(0), block: id, precommits: precommits)
    }
}
