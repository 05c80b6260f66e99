internal import Foundation
internal import Node
internal import Transport

/// The process that offers the load: it only reads, sends and waits for commits.
struct Sender {
    /// What it found, as it tells the process that started it.
    struct Result: Codable {
        var batches: Int
        var seconds: Double
        /// Milliseconds from sending a batch to its commit, by increasing time.
        var medianMilliseconds: Double
        var p99Milliseconds: Double
        var retries: Int

        /// Entries that were committed a second, by the size of the batches.
        func entriesPerSecond(_ size: Int) -> Double { Double(batches * size) / seconds }
    }

    let nodes: [String]
    let batches: [[UInt8]]
    /// How many batches of one submitter may be under way.
    let window: Int
    /// Batches a second that are offered, whatever becomes of them; nil sends as fast as it can.
    let rate: Double?

    func run() async throws -> Result {
        var clients: [NodeClient] = []
        for node in nodes { clients.append(try await NodeClient(socket: node + "/data/control")) }
        let start = ContinuousClock.now
        let times =
            if let rate {
                try await offer(rate, clients)
            } else {
                try await push(clients)
            }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        for client in clients { await client.close() }
        let sorted = times.map(\.milliseconds).sorted()
        return Result(
            batches: times.count, seconds: seconds,
            medianMilliseconds: sorted[sorted.count / 2],
            p99Milliseconds: sorted[sorted.count * 99 / 100],
            retries: times.reduce(0) { $0 + $1.retries })
    }

    private struct Time: Sendable {
        let milliseconds: Double
        let retries: Int
    }

    /// Each submitter sends to its own node, with so many batches under way.
    private func push(_ clients: [NodeClient]) async throws -> [Time] {
        try await withThrowingTaskGroup(of: [Time].self) { group in
            for submitter in 0..<LoadFile.submitterCount {
                let client = clients[submitter % clients.count]
                let own = stride(
                    from: submitter, to: batches.count, by: LoadFile.submitterCount
                ).map { batches[$0] }
                let window = window
                group.addTask { try await Self.push(own, to: client, window) }
            }
            var times: [Time] = []
            for try await some in group { times += some }
            return times
        }
    }

    private static func push(
        _ batches: [[UInt8]], to client: NodeClient, _ window: Int
    ) async throws -> [Time] {
        try await withThrowingTaskGroup(of: Time.self) { group in
            var times: [Time] = []
            for (index, batch) in batches.enumerated() {
                if index >= window, let time = try await group.next() { times.append(time) }
                group.addTask { try await send(batch, to: client) }
            }
            for try await time in group { times.append(time) }
            return times
        }
    }

    /// Sends by the clock: one batch every 1/rate seconds.
    private func offer(_ rate: Double, _ clients: [NodeClient]) async throws -> [Time] {
        try await withThrowingTaskGroup(of: Time.self) { group in
            let start = ContinuousClock.now
            for (index, batch) in batches.enumerated() {
                let due = start + .seconds(Double(index) / rate)
                try await Task.sleep(until: due, clock: .continuous)
                let client = clients[index % LoadFile.submitterCount % clients.count]
                group.addTask { try await Self.send(batch, to: client) }
            }
            var times: [Time] = []
            for try await time in group { times.append(time) }
            return times
        }
    }

    /// Apart, so that its errors are of any type: the compiler fails on matching a typed one here.
    private static func commit(_ batch: [UInt8], _ client: NodeClient) async throws {
        _ = try await client.submitBatch(batch, waits: true)
    }

    /// Sends a batch until it is committed; a node that is full is asked again.
    private static func send(_ batch: [UInt8], to client: NodeClient) async throws -> Time {
        let start = ContinuousClock.now
        var retries = 0
        while true {
            do {
                try await commit(batch, client)
                return Time(
                    milliseconds: (ContinuousClock.now - start) / .milliseconds(1),
                    retries: retries)
            } catch let error as TransportError {
                guard case .refused(let reason) = error else { throw error }
                retries += 1
                guard retries < 2_000 else { throw BenchError("refused for good: \(reason)") }
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }
}
