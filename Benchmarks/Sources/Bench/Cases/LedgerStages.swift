internal import Consensus
internal import Cryptography
internal import Foundation
internal import Ledger
internal import Primitives
internal import Records
internal import Storage

/// Where one node's time goes for an entry, stage by stage, in one process and on one core.
///
/// The table is told on standard error, each stage with what the machine could do at best: the same
/// work by the bare call (one signature check, one hash, one synced write) and nothing around it.
enum LedgerStages {
    private static let blockCount = 24
    private static let batchesOfBlock = 16
    private static let batchSize = 256

    static let benchmark = Benchmark(
        name: "ledger.stages", unit: "us/entry", better: .lower, runs: 3,
        settings: "one process, one core, blocks of \(batchesOfBlock) batches of \(batchSize) "
            + "entries of 256 bytes after 8 such blocks, state map and index kept, synced"
    ) {
        try measure()
    }

    private struct Stage {
        let name: String
        var seconds = 0.0
        /// Nanoseconds an entry at best, and what that is.
        var limit: (nanoseconds: Double, what: String)?
    }

    private static func measure() throws -> Double {
        let network = try BenchNetwork(isIndexKept: true)
        var state = LedgerState(genesis: network.genesis)
        var maker = try EntryMaker(issuer: try BenchNetwork.id(BenchNetwork.name(0)), seed: 1)
        let key = try BenchNetwork.key("submit", BenchNetwork.name(0))
        let folder = NSTemporaryDirectory() + "custos-stages-\(UInt32.random(in: .min ... .max))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let database = try Database(path: folder)
        var verify = Stage(name: "decode and verify")
        var execute = Stage(name: "execute: tree, state, index")
        var apply = Stage(name: "apply, encode rows")
        var write = Stage(name: "LevelDB, synced")
        var commit: CommitProof?
        for round in 0..<(blockCount + 8) {
            let bytes = try signed(&maker, network.genesis.ledger, key)
            var batches: [VerifiedBatch] = []
            let verifying = try processorSeconds {
                for item in bytes {
                    batches.append(try UnverifiedBatch(decoding: item).verify(against: state))
                }
            }
            var executed: ExecutedBlock?
            let executing = try processorSeconds {
                executed = try state.execute(
                    batches, at: state.head.height.next,
                    time: Timestamp(milliseconds: state.head.time.milliseconds + 30),
                    proposer: try BenchNetwork.id(BenchNetwork.name(0)),
                    commitProof: commit?.encoded)
            }
            guard let executed else { throw BenchError("no block") }
            commit = CommitProof(
                height: executed.header.height, round: .zero,
                block: BlockID(hash: executed.block.hash, treeRoot: executed.header.treeRoot),
                precommits: [])
            var rows: [LedgerRow] = []
            let applying = processorSeconds { rows = state.apply(executed) }
            let writing = try seconds {
                var group = WriteGroup()
                for row in rows {
                    let key = RowKey(
                        executed.header.height, kind: row.kind.rawValue, number: row.number)
                    group.put(key.bytes, row.bytes)
                }
                try database.write(group, synced: true)
            }
            // The first blocks bring nearly all subjects, and are not counted.
            guard round >= 8 else { continue }
            verify.seconds += verifying
            execute.seconds += executing
            apply.seconds += applying
            write.seconds += writing
        }
        try addLimits(&verify, &execute, maker: &maker, key: key)
        let stages = [verify, execute, apply, write]
        return tell(stages)
    }

    /// The batches of one block.
    private static func signed(
        _ maker: inout EntryMaker, _ ledger: LedgerID, _ key: SigningKey
    ) throws -> [[UInt8]] {
        try (0..<batchesOfBlock).map { _ in
            let first = maker.nextNumber
            let entries = (0..<batchSize).map { _ in maker.next() }
            return BatchWriter.batch(
                of: entries, ledger: ledger,
                issuer: try BenchNetwork.id(BenchNetwork.name(0)), stream: StreamID(0),
                firstNumber: first, expiry: Height(500), signedBy: key)
        }
    }

    /// What the same would cost if only the curve and the hash had to be paid.
    private static func addLimits(
        _ verify: inout Stage, _ execute: inout Stage, maker: inout EntryMaker, key: SigningKey
    ) throws {
        let digest = SHA256.hash([1, 2, 3])
        let signature = key.sign(digest)
        let publicKey = key.publicKey
        let check = seconds {
            for _ in 0..<200 { _ = publicKey.isValid(signature, for: digest) }
        }
        let entries = (0..<4_096).map { _ in maker.next() }
        let bytes = entries.flatMap(\.self)
        var end = 0
        let ranges = entries.map { entry in
            defer { end += entry.count }
            return end..<end + entry.count
        }
        var leaves: [Digest] = []
        let leaf = seconds { leaves = SHA256.leaves(at: ranges, in: bytes.span.bytes) }
        var level = leaves + leaves
        let node = seconds {
            var span = level.mutableSpan
            SHA256.replaceByNodes(&span)
        }
        let perEntry = { (time: Double, count: Double) in time * 1_000_000_000 / count }
        let leafTime = perEntry(leaf, 4_096)
        let nodeTime = perEntry(node, 4_096)
        verify.limit = (
            perEntry(check, 200) / Double(batchSize) + leafTime + nodeTime,
            "a signature a batch, a leaf hash and a node hash an entry"
        )
        execute.limit = (nodeTime * 12, "12 node hashes an entry, many at once")
    }

    private static func tell(_ stages: [Stage]) -> Double {
        let entries = Double(blockCount * batchesOfBlock * batchSize)
        for stage in stages {
            let time = stage.seconds * 1_000_000_000 / entries
            let limit = stage.limit.map { "; at best \(Int($0.nanoseconds)): \($0.what)" } ?? ""
            Progress.say("\(stage.name): \(Int(time)) ns an entry\(limit)")
        }
        return stages.reduce(0) { $0 + $1.seconds } * 1_000_000 / entries
    }
}
