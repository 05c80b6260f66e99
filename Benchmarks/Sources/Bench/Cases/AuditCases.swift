internal import Foundation
internal import Node
internal import Proofs

/// What an auditor asks of a large ledger: everything about one patient, and entries one by one.
enum AuditCases {
    static let all = [trail, lookup, memory, pace, restart]

    private static let trailCount: UInt64 = 1_000

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
            let times = min(count, trailCount)
            let found = try await QueryTimes.ask(
                client, auditor, rows: .max, times: Int(times)
            ) { number in
                var query = Query()
                query.patient = AccessLoad.resource(number * (count / times) % count)
                return query
            }
            Progress.say("trails: \(found)")
            try await AuditLedger.shared.tellMemory()
            await client.close()
            return found.p99
        }
    }

    private static var memory: Benchmark {
        Benchmark(
            name: "audit.memory", unit: "MB", better: .lower, runs: 1,
            settings: "resident memory of the node that is asked; \(AuditLedger.settings)"
        ) { try await AuditLedger.shared.memory() }
    }

    private static var pace: Benchmark {
        Benchmark(
            name: "audit.pace", unit: "%", better: .higher, runs: 1,
            settings: "entries committed a second in the last tenth of the ledger, of 100 in the "
                + "first; \(AuditLedger.settings)"
        ) { try await AuditLedger.shared.pace() }
    }

    /// It stands last, because a node that has begun anew remembers nothing of what it was asked.
    private static var restart: Benchmark {
        Benchmark(
            name: "audit.restart", unit: "s", better: .lower, runs: 3,
            settings: "from kill -9 of a node until a batch that it is given is committed; "
                + AuditLedger.settings
        ) {
            let (answers, votes) = try await AuditLedger.shared.restart()
            Progress.say("it answers and has its peers after \(answers) s")
            return votes
        }
    }

    private static let lookupsPerSecond = 10_000
    private static let warmUpSeconds = 2
    private static let seconds = 10
    private static let connectionCount = 4

    private static var lookup: Benchmark {
        Benchmark(
            name: "audit.lookup", unit: "ms", better: .lower, runs: 3,
            settings: "p99 of entries found by leaf at random at \(lookupsPerSecond) a second for "
                + "\(seconds) s after \(warmUpSeconds) s, over \(connectionCount) connections, "
                + "each second followed by one of questions that are refused at once; a "
                + "look-up's time begins when it is due; \(AuditLedger.settings)"
        ) {
            let (socket, _) = try await AuditLedger.shared.filled()
            var clients: [NodeClient] = []
            for _ in 0..<connectionCount { clients.append(try await NodeClient(socket: socket)) }
            let count = lookupsPerSecond * (warmUpSeconds + 2 * seconds)
            let times = try await LookupLoad(clients).run(
                count, perSecond: Double(lookupsPerSecond))
            let first = lookupsPerSecond * warmUpSeconds
            let counted = times.lookups(from: first)
            let empty = times.others(from: first)
            // How many there can be, where each connection has some under way all the time.
            let start = ContinuousClock.now
            _ = try await LookupLoad(clients).run(40_000, perSecond: nil)
            let most = 40_000 / ((ContinuousClock.now - start) / .seconds(1))
            let p99 = counted[counted.count * 99 / 100]
            Progress.say(
                String(
                    format: "p50 %.3f ms, p99 %.3f ms, most %.2f ms; without a pace %.0f a second",
                    counted[counted.count / 2], p99, counted.last ?? 0, most))
            Progress.say(
                String(
                    format: "refused at once, in between: p50 %.3f ms, p99 %.3f ms",
                    empty[empty.count / 2], empty[empty.count * 99 / 100]))
            try await AuditLedger.shared.tellMemory()
            for client in clients { await client.close() }
            return p99
        }
    }
}
