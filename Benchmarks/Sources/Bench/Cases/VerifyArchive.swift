internal import Consensus
internal import Cryptography
internal import Ledger
internal import Primitives
internal import Proofs
internal import Records

/// How fast an auditor reads through an archive of the ledger.
enum VerifyArchive {
    private static let blockCount = 24
    private static let batchesOfBlock = 16
    private static let entryCount = blockCount * batchesOfBlock * 256

    static let all = [
        benchmark("verify.archive", "leaves, trees, batch signatures, commit proofs", false),
        benchmark(
            "verify.archive.full", "the same, and every block executed again, with index", true),
    ]

    private static func benchmark(_ name: String, _ what: String, _ isFull: Bool) -> Benchmark {
        Benchmark(
            name: name, unit: "entries/s", better: .higher, runs: isFull ? 2 : 5,
            settings: "\(entryCount) entries of 256 bytes in batches of 256 and blocks of "
                + "\(batchesOfBlock * 256), 4 validators, records in memory: \(what); one core"
        ) {
            let archive = try prepared.get()
            let time = try seconds {
                var auditor = try ArchiveAuditor(archive.head, genesis: archive.genesis)
                var replay = isFull ? ArchiveReplay(genesis: archive.genesis) : nil
                for record in archive.blocks {
                    let block = try ArchiveBlock.decode(record)
                    try auditor.take(block)
                    try replay?.take(block)
                }
                guard auditor.isWhole, auditor.treeSize == UInt64(entryCount) else {
                    throw BenchError("the archive was not read to its end")
                }
            }
            return Double(entryCount) / time
        }
    }

    private struct Archive {
        let genesis: Genesis
        let head: [UInt8]
        var blocks: [[UInt8]] = []
    }

    private static let prepared = Result { try prepare() }

    private static func prepare() throws -> Archive {
        let genesis = try BenchNetwork(isIndexKept: true).genesis
        var state = LedgerState(genesis: genesis)
        var makers = try (0..<batchesOfBlock).map {
            try EntryMaker(issuer: try BenchNetwork.id(BenchNetwork.name($0)), seed: UInt64($0))
        }
        var blocks: [[UInt8]] = []
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
            let proof = try ProofInclusion.commitProof(of: executed.block, ledger: genesis.ledger)
            _ = state.apply(executed)
            blocks.append(
                ArchiveBlock(
                    block: executed.block.encode(), commitProof: proof,
                    batches: batches.map(\.bytes)
                ).encode())
            (commit, last) = (proof, executed)
        }
        guard let last, let commit else { throw BenchError("no archive could be made") }
        let head = ArchiveHead(
            ledger: genesis.ledger,
            heights: HeightRange(Height(1), Height(UInt64(blockCount))), base: nil,
            keys: ArchiveHead.Keys(
                head: ClaimedHead(header: last.header, commitProof: commit), institutions: []))
        return Archive(genesis: genesis, head: head.encode(), blocks: blocks)
    }
}
