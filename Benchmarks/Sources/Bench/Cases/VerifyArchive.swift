internal import Ledger
internal import Primitives
internal import Proofs

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
        var ledger = try BenchLedger(batchesOfBlock: batchesOfBlock)
        var blocks: [[UInt8]] = []
        var last: BenchLedger.Committed?
        for _ in 0..<blockCount {
            let committed = try ledger.commit()
            blocks.append(
                ArchiveBlock(
                    block: committed.executed.block.encode(), commitProof: committed.proof,
                    batches: committed.executed.batches.map(\.bytes)
                ).encode())
            last = committed
        }
        guard let last else { throw BenchError("no archive could be made") }
        let head = ArchiveHead(
            ledger: ledger.genesis.ledger,
            heights: HeightRange(Height(1), Height(UInt64(blockCount))), base: nil,
            keys: ArchiveHead.Keys(
                head: ClaimedHead(header: last.executed.header, commitProof: last.proof),
                institutions: []))
        return Archive(genesis: ledger.genesis, head: head.encode(), blocks: blocks)
    }
}
