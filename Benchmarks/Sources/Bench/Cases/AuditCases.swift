internal import Foundation
internal import Node
internal import Proofs
internal import Synchronization

/// What an auditor asks of a large ledger: everything about one patient, and entries one by one.
enum AuditCases {
    static let all = [trail, lookup]

    private static let trailCount = 100

    private static var trail: Benchmark {
        Benchmark(
            name: "audit.trail", unit: "ms", better: .lower, runs: 1,
            settings: "p99 over \(trailCount) patients, each asked about for the first time, from "
                + "question to the bytes of the whole trail with proof at the client; "
                + AuditLedger.settings
        ) {
            let (socket, genesis) = try await AuditLedger.shared.filled()
            let auditor = try Auditor(genesis: genesis)
            let client = try await NodeClient(socket: socket)
            let count = AuditLedger.patientCount
            let found = try await QueryTimes.ask(
                client, auditor, rows: .max, times: Int(min(count, UInt64(trailCount)))
            ) { number in
                var query = Query()
                query.patient = AccessLoad.resource(number * (count / min(count, 100)) % count)
                return query
            }
            Progress.say("trails: \(found)")
            try await AuditLedger.shared.tellMemory()
            await client.close()
            return found.p99
        }
    }

    private static let pace = 10_000
    private static let warmUpSeconds = 2
    private static let seconds = 10
    private static let connectionCount = 4

    private static var lookup: Benchmark {
        Benchmark(
            name: "audit.lookup", unit: "ms", better: .lower, runs: 3,
            settings: "p99 of entries found by leaf at random at \(pace) a second for \(seconds) s "
                + "after \(warmUpSeconds) s, over \(connectionCount) connections; a look-up's "
                + "time begins when it is due; \(AuditLedger.settings)"
        ) {
            let (socket, _) = try await AuditLedger.shared.filled()
            var clients: [NodeClient] = []
            for _ in 0..<connectionCount { clients.append(try await NodeClient(socket: socket)) }
            let count = pace * (warmUpSeconds + seconds)
            let times = try await LookupLoad(clients).run(count, perSecond: Double(pace))
            let counted = times.dropFirst(pace * warmUpSeconds).sorted()
            // How many there can be, where each connection has some under way all the time.
            let start = ContinuousClock.now
            _ = try await LookupLoad(clients).run(40_000, perSecond: nil)
            let most = 40_000 / ((ContinuousClock.now - start) / .seconds(1))
            let median = counted[counted.count / 2]
            let p99 = counted[counted.count * 99 / 100]
            Progress.say(
                String(
                    format: "p50 %.3f ms, p99 %.3f ms, most %.2f ms; without a pace %.0f a second",
                    median, p99, counted.last ?? 0, most))
            try await AuditLedger.shared.tellMemory()
            for client in clients { await client.close() }
            return p99
        }
    }
}

/// Look-ups of entries by leaf, of which many are under way.
private final class LookupLoad: Sendable {
    private struct State {
        var random = SplitMix(seed: 7)
        var asked = 0
        var times: [Double] = []
        var answered = 0
        var failure: (any Error)?
        var end: CheckedContinuation<Void, Never>?
    }

    private let clients: [NodeClient]
    private let state = Mutex(State())
    /// How many of each connection are under way where there is no pace.
    private static let depth = 16

    init(_ clients: [NodeClient]) {
        self.clients = clients
    }

    /// How long each took, in milliseconds, in the order in which they were due.
    func run(_ count: Int, perSecond pace: Double?) async throws -> [Double] {
        state.withLock { $0.times = Array(repeating: 0, count: count) }
        await withCheckedContinuation { continuation in
            state.withLock { $0.end = continuation }
            Thread {
                guard let pace else {
                    for client in self.clients {
                        for _ in 0..<Self.depth { self.ask(client, due: nil, goesOn: true) }
                    }
                    return
                }
                let start = Self.now + 0.05
                for number in 0..<count {
                    let due = start + Double(number) / pace
                    let early = due - Self.now
                    if early > 0 { usleep(UInt32(early * 1e6)) }
                    self.ask(self.clients[number % self.clients.count], due: due, goesOn: false)
                }
            }.start()
        }
        return try state.withLock { state in
            if let failure = state.failure { throw failure }
            return state.times
        }
    }

    private func ask(_ client: NodeClient, due: Double?, goesOn: Bool) {
        let next = state.withLock { state -> (number: Int, leaf: UInt64)? in
            guard state.asked < state.times.count else { return nil }
            defer { state.asked += 1 }
            return (
                state.asked, state.random.next() % UInt64(AuditLedger.entryCount / 1_024 * 1_024)
            )
        }
        guard let (number, leaf) = next else { return }
        let due = due ?? Self.now
        client.entry(leaf: leaf) { result in
            let time = (Self.now - due) * 1_000
            let end = self.state.withLock { state -> CheckedContinuation<Void, Never>? in
                if case .failure(let error) = result { state.failure = state.failure ?? error }
                state.times[number] = time
                state.answered += 1
                guard state.answered == state.times.count else { return nil }
                defer { state.end = nil }
                return state.end
            }
            end?.resume()
            if goesOn { self.ask(client, due: nil, goesOn: true) }
        }
    }

    private static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
