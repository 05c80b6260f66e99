internal import Cryptography
internal import Foundation
internal import Ledger
internal import Node
internal import Primitives
internal import Records
internal import Synchronization
internal import Transport

/// Half of saturation for a long time, while nodes die, come back and are cut off.
///
/// In the end nothing that a submitter was told to be committed may be missing anywhere, and all
/// replicas must be the same, byte for byte.
struct Soak: Sendable {
    let seconds: Double
    let seed: UInt64

    private static let batchSize = 256
    private static let cutOffSeconds = 8.0
    /// What an entry takes on all disks of the network, at most: rows, the log and what LevelDB
    /// has not merged yet.
    private static let diskBytesPerEntry = 4_000.0

    /// A batch that somebody was told to be committed.
    private struct Promise: Sendable {
        let firstLeaf: UInt64
        let firstEntry: [UInt8]
    }

    private final class Shared: Sendable {
        let isOver = Mutex(false)
        let promises = Mutex<[Promise]>([])
    }

    func run() async throws {
        let saturation = try await Bench.run(
            isIndexKept: true, Bench.Load(batchCount: 300, size: Soak.batchSize)
        ) { result, _ in result.entriesPerSecond(Soak.batchSize) }
        let nodes = try await BenchNodes(isIndexKept: true)
        defer { nodes.stop() }
        let rate = min(saturation / 2, try Soak.diskRate(nodes.folder, seconds))
        Progress.say(
            "seed \(seed): \(Int(rate)) entries/s for \(Int(seconds)) s, "
                + "of \(Int(saturation)) that there can be"
                + (rate < saturation / 2 ? "; the disk has no room for half of it" : ""))
        let shared = Shared()
        let interval = Double(LoadFile.submitterCount * Soak.batchSize) / rate
        try await withThrowingTaskGroup(of: Void.self) { group in
            for submitter in 0..<LoadFile.submitterCount {
                let sockets = nodes.folders.map { $0 + "/data/control" }
                let genesis = nodes.folder + "/bench.genesis"
                group.addTask {
                    try await Soak.submit(
                        as: submitter, every: interval, genesis, sockets, shared)
                }
            }
            try await disturb(nodes)
            shared.isOver.withLock { $0 = true }
            try await group.waitForAll()
        }
        try await settle(nodes)
        let promises = shared.promises.withLock { $0 }
        for index in 0..<nodes.count {
            try await check(promises, at: nodes.folder(of: index))
        }
        nodes.end()
        try compare(nodes)
        Progress.say("\(promises.count) batches were promised and are on all replicas")
    }

    /// The entries a second for which the disk has room, all the time.
    private static func diskRate(_ folder: String, _ seconds: Double) throws -> Double {
        let disk = try FileManager.default.attributesOfFileSystem(forPath: folder)
        guard let free = disk[.systemFreeSize] as? NSNumber else {
            throw BenchError("how much room \(folder) has cannot be told")
        }
        return free.doubleValue / diskBytesPerEntry / seconds
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

    /// Signs and sends one batch after the other until the time is over.
    private static func submit(
        as submitter: Int, every interval: Double, _ genesisPath: String, _ sockets: [String],
        _ shared: Shared
    ) async throws {
        let genesis = try Genesis.decode(
            [UInt8](try Data(contentsOf: URL(filePath: genesisPath))))
        let name = BenchNetwork.name(submitter + BenchNetwork.firstSubmitter)
        let issuer = try BenchNetwork.id(name)
        let key = try BenchNetwork.key("submit", name)
        var maker = try EntryMaker(issuer: issuer, seed: UInt64(submitter))
        var due = ContinuousClock.now
        var turn = submitter
        var client: NodeClient?
        while !shared.isOver.withLock({ $0 }) {
            let first = maker.nextNumber
            let entries = (0..<batchSize).map { _ in maker.next() }
            let batch = BatchWriter.batch(
                of: entries, ledger: genesis.ledger, issuer: issuer, stream: StreamID(0),
                firstNumber: first, expiry: Height(900_000), signedBy: key)
            let limit = ContinuousClock.now + .seconds(120)
            while true {
                do {
                    if client == nil {
                        turn += 1
                        client = try await NodeClient(socket: sockets[turn % sockets.count])
                    }
                    guard let client,
                        case .committed(_, let leaf) = try await client.submitBatch(
                            batch, waits: true)
                    else { throw BenchError("an answer that was not waited for") }
                    shared.promises.withLock {
                        $0.append(Promise(firstLeaf: leaf, firstEntry: entries[0]))
                    }
                    break
                } catch {
                    // Whoever was asked is gone or does not take it: the next one is asked.
                    await client?.close()
                    client = nil
                    guard ContinuousClock.now < limit else {
                        throw BenchError("batch \(first) of \(name) is not taken: \(error)")
                    }
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
            due += .seconds(interval)
            try await Task.sleep(until: due, clock: .continuous)
        }
        await client?.close()
    }

    /// Waits until all stand at one height.
    private func settle(_ nodes: BenchNodes) async throws {
        let limit = ContinuousClock.now + .seconds(120)
        while ContinuousClock.now < limit {
            var hashes: Set<Digest> = []
            for folder in nodes.folders {
                guard let client = try? await NodeClient(socket: folder + "/data/control"),
                    let status = try? await client.status()
                else { continue }
                await client.close()
                hashes.insert(status.hash)
            }
            if hashes.count == 1 { return }
            try await Task.sleep(for: .milliseconds(200))
        }
        throw BenchError("the replicas do not come to one height")
    }

    private func check(_ promises: [Promise], at folder: String) async throws {
        let client = try await NodeClient(socket: folder + "/data/control")
        for promise in promises {
            let entry = try await client.entry(leaf: promise.firstLeaf)
            guard entry.entry == promise.firstEntry else {
                throw BenchError("leaf \(promise.firstLeaf) is not what was promised at \(folder)")
            }
        }
        await client.close()
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
