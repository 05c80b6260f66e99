internal import Cryptography
internal import Foundation
internal import Ledger
internal import Node
internal import Primitives
internal import Proofs
internal import Records
internal import Synchronization
internal import Transport

/// Half of saturation for a long time, while nodes die, come back and are cut off: of batches of
/// 256 where the disk has room for what that makes, of single entries elsewhere.
///
/// In the end nothing that a submitter was told to be committed may be missing anywhere, and all
/// replicas must be the same, byte for byte.
struct Soak: Sendable {
    let seconds: Double
    let seed: UInt64

    /// What is handed in is the first of these of which the disk has room for half of saturation.
    ///
    /// The bytes are what an entry takes on all disks of the network, as measured and some more:
    /// rows, the log and what LevelDB has not merged yet.
    private static let loads = [
        (load: Bench.Load(batchCount: 300, size: 256), diskBytesPerEntry: 4_000.0),
        (Bench.Load(batchCount: 20_000, size: 1, window: 60), 6_000.0),
    ]
    private static let submitterCount = BenchNetwork.institutionCount - BenchNetwork.firstSubmitter
    private static let cutOffSeconds = 8.0
    /// How many promises each node is asked for by leaf, beside those that are read in its blocks.
    private static let askedCount = 500

    /// A batch that somebody was told to be committed.
    struct Promise: Sendable {
        let firstLeaf: UInt64
        /// The leaf hash of its first entry.
        let firstHash: Digest
    }

    final class Shared: Sendable {
        let isOver = Mutex(false)
        let promises = Mutex<[Promise]>([])
    }

    func run() async throws {
        let (size, rate) = try await pace()
        let nodes = try await BenchNodes(isIndexKept: true)
        defer { nodes.stop() }
        let shared = Shared()
        let interval = Double(Soak.submitterCount * size) / rate
        try await withThrowingTaskGroup(of: Void.self) { group in
            let genesis = try nodes.genesis
            let sockets = nodes.sockets
            for number in 0..<Soak.submitterCount {
                group.addTask {
                    let submitter = try SoakSubmitter(
                        number, batchSize: size, every: interval, genesis)
                    try await submitter.run(sockets, shared)
                }
            }
            try await disturb(nodes)
            shared.isOver.withLock { $0 = true }
            try await group.waitForAll()
        }
        try await settle(nodes)
        let promises = shared.promises.withLock { $0 }.sorted { $0.firstLeaf < $1.firstLeaf }
        for socket in nodes.sockets { try await check(promises, at: socket) }
        nodes.end()
        try compare(nodes)
        Progress.say("\(promises.count) batches were promised and are on all replicas")
    }

    /// How many entries a batch has, and how many of them are handed in a second: half of what
    /// there can be.
    private func pace() async throws -> (batchSize: Int, entriesPerSecond: Double) {
        let room = try Soak.freeBytes(NSTemporaryDirectory()) / seconds
        var found = (batchSize: 0, entriesPerSecond: 0.0)
        for (load, bytes) in Soak.loads {
            let room = room / bytes
            let saturation = try await Bench.run(isIndexKept: true, load) { result, _ in
                result.entriesPerSecond(load.size)
            }
            found = (load.size, min(saturation / 2, room))
            Progress.say(
                "seed \(seed): \(Int(found.entriesPerSecond)) entries/s for \(Int(seconds)) s, "
                    + "\(load.size) in a batch, of \(Int(saturation)) that there can be"
                    + (saturation / 2 > room ? "; the disk has no room for half of it" : ""))
            if saturation / 2 <= room { break }
        }
        return found
    }

    private static func freeBytes(_ folder: String) throws -> Double {
        let disk = try FileManager.default.attributesOfFileSystem(forPath: folder)
        guard let free = disk[.systemFreeSize] as? NSNumber else {
            throw BenchError("how much room \(folder) has cannot be told")
        }
        return free.doubleValue
    }

    /// Kills a node every few seconds, and stops one for a while once a minute.
    private func disturb(_ nodes: BenchNodes) async throws {
        var random = SplitMix(seed: seed)
        let clock = ContinuousClock()
        let end = clock.now + .seconds(seconds)
        var nextCut = clock.now + .seconds(20)
        while clock.now < end {
            let index = Int.random(in: 0..<nodes.count, using: &random)
            if clock.now >= nextCut {
                nextCut = clock.now + .seconds(60)
                Progress.say("\(BenchNetwork.name(index)) is cut off")
                nodes.pause(index)
                try await Task.sleep(for: .seconds(Soak.cutOffSeconds))
                nodes.goOn(index)
            } else {
                Progress.say("\(BenchNetwork.name(index)) is killed")
                try await nodes.restart(
                    index, afterSeconds: Double.random(in: 0.1...3, using: &random))
            }
            try await Task.sleep(for: .seconds(Double.random(in: 2...6, using: &random)))
        }
    }

    /// Waits until all stand at one height.
    private func settle(_ nodes: BenchNodes) async throws {
        let limit = ContinuousClock.now + .seconds(120)
        while ContinuousClock.now < limit {
            var hashes: [Digest] = []
            for socket in nodes.sockets {
                guard let client = try? await NodeClient(socket: socket),
                    let status = try? await client.status()
                else { continue }
                await client.close()
                hashes.append(status.hash)
            }
            if hashes.count == nodes.count, Set(hashes).count == 1 { return }
            try await Task.sleep(for: .milliseconds(200))
        }
        throw BenchError("the replicas do not come to one height")
    }

    /// Reads all blocks of a node and finds each promise, sorted by leaf, in its place, and asks
    /// for some of them by leaf, too.
    private func check(_ promises: [Promise], at socket: String) async throws {
        let client = try await NodeClient(socket: socket)
        for place in stride(
            from: 0, to: promises.count, by: max(1, promises.count / Soak.askedCount))
        {
            let promise = promises[place]
            let entry = try await client.entry(leaf: promise.firstLeaf).entry
            guard SHA256.leaf(entry) == promise.firstHash else {
                throw BenchError("leaf \(promise.firstLeaf) is not as promised: \(socket)")
            }
        }
        var rest = promises[...]
        var leaf: UInt64 = 0
        for height in 0..<(try await client.status().height.blocks) {
            let bytes = try await client.archiveBlock(Height(height + 1))
            let block = try ArchiveBlock.decode(bytes)
            for batch in block.batches {
                let entries = try UnverifiedBatch(decoding: batch).entries
                while let promise = rest.first, promise.firstLeaf < leaf + UInt64(entries.count) {
                    let place = Int(promise.firstLeaf - leaf)
                    guard place == 0, SHA256.leaf(entries[place]) == promise.firstHash else {
                        throw BenchError("leaf \(promise.firstLeaf) is not as promised: \(socket)")
                    }
                    rest.removeFirst()
                }
                leaf += UInt64(entries.count)
            }
        }
        await client.close()
        guard let lost = rest.first else { return }
        throw BenchError("leaf \(lost.firstLeaf) was promised, and is not there: \(socket)")
    }

    private func compare(_ nodes: BenchNodes) throws {
        let first = try NodeConfiguration.read(nodes.folder(of: 0) + "/node.json")
        for index in 1..<nodes.count {
            let other = try NodeConfiguration.read(nodes.folder(of: index) + "/node.json")
            let report = try Divergence.find(first, other)
            if let found = report.first { throw BenchError("replicas differ: \(found)") }
        }
    }
}
