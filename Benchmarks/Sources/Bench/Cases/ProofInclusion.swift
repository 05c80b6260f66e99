internal import Consensus
internal import Cryptography
internal import Foundation
internal import Ledger
internal import Primitives
internal import Proofs
internal import Records

/// How long an auditor takes to check one proof file, every step of it.
enum ProofInclusion {
    private static let blockCount = 64
    private static let batchesOfBlock = 4
    private static let checkCount = 500

    static let benchmark = Benchmark(
        name: "proof.inclusion", unit: "ms", better: .lower, runs: 5,
        settings: "proof file of one entry among \(blockCount * batchesOfBlock * 256), 4 "
            + "validators, whole check with 4 + 1 signatures, mean of \(checkCount), one core"
    ) {
        let (bytes, genesis) = try prepared.get()
        let time = try seconds {
            for _ in 0..<checkCount {
                // As a stranger: the genesis is read and the auditor made anew each time.
                let auditor = try Auditor(genesis: genesis)
                _ = try auditor.verify(bytes)
            }
        }
        return time * 1_000 / Double(checkCount)
    }

    private static let prepared = Result { try prepare() }

    /// A ledger of many blocks, and the proof of an entry of its last one.
    private static func prepare() throws -> (proof: [UInt8], genesis: Genesis) {
        let network = try BenchNetwork(isIndexKept: true)
        let genesis = network.genesis
        var state = LedgerState(genesis: genesis)
        var makers = try (0..<batchesOfBlock).map {
            try EntryMaker(issuer: try BenchNetwork.id(BenchNetwork.name($0)), seed: UInt64($0))
        }
        var commit: CommitProof?
        var last: ExecutedBlock?
        for _ in 0..<blockCount {
            let batches = try makers.indices.map { index in
                let name = BenchNetwork.name(index)
                let first = makers[index].nextNumber
                let entries = (0..<256).map { _ in makers[index].next() }
                let bytes = BatchWriter.batch(
                    of: entries, ledger: genesis.ledger, issuer: try BenchNetwork.id(name),
                    stream: StreamID(0), firstNumber: first, expiry: Height(500),
                    signedBy: try BenchNetwork.key("submit", name))
                return try UnverifiedBatch(decoding: bytes).verify(against: state)
            }
            let executed = try state.execute(
                batches, at: state.head.height.next,
                time: Timestamp(milliseconds: state.head.time.milliseconds + 30),
                proposer: try BenchNetwork.id(BenchNetwork.name(0)),
                commitProof: commit?.encoded)
            commit = try commitProof(of: executed.block, ledger: genesis.ledger)
            _ = state.apply(executed)
            last = executed
        }
        guard let last, let commit, let inclusion = last.inclusionProof(ofLeaf: last.firstLeaf),
            let issuer = state.map.proof(of: .institution(last.batches[0].header.issuer)),
            let file = ProofFile(
                of: try UnverifiedBatch(decoding: last.batches[0].bytes), entryAt: 0,
                header: last.header, commitProof: commit, inclusion: inclusion, issuer: issuer)
        else { throw BenchError("no proof could be made") }
        return (file.encode(), genesis)
    }

    static func commitProof(of block: Block, ledger: LedgerID) throws -> CommitProof {
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
