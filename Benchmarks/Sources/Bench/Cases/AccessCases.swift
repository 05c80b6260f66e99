internal import Cryptography
internal import Foundation
internal import Ledger
internal import Node
internal import Primitives
internal import Proofs
internal import Records

/// Access records: how fast they are anchored, and found again with the proof that none is missing.
enum AccessCases {
    static let all = [insert, query] + AuditCases.all

    private static let idash = AccessLoad(
        recordCount: 100_000, userCount: 1_000, resourceCount: 5_000)
    private static let shape =
        "iDASH 2018 track 1 shape, 100,000 access records of 1,000 users and 5,000 resources, 4 "
        + "validators as processes on loopback, fsync on, index kept"

    private static var insert: Benchmark {
        Benchmark(
            name: "idash.insert", unit: "s", better: .lower, runs: 3,
            settings:
                "until the last record is committed; batches of 256 signed beforehand; \(shape)"
        ) {
            try await withNodes { nodes, genesis in
                try await AccessLoad.send(
                    try idash.batches(for: genesis), to: nodes.sockets
                ).seconds
            }
        }
    }

    private static var query: Benchmark {
        Benchmark(
            name: "idash.query", unit: "ms", better: .lower, runs: 1,
            settings: "the slowest kind of query, median of 40 each, from question to the answer's "
                + "bytes at the client, with completeness proof, page of at least 100 rows; "
                + shape
        ) {
            try await withNodes { nodes, genesis in
                _ = try await AccessLoad.send(try idash.batches(for: genesis), to: nodes.sockets)
                let auditor = try Auditor(genesis: genesis)
                let client = try await NodeClient(socket: nodes.folder(of: 0) + "/data/control")
                var slowest = 0.0
                for (name, change) in kinds {
                    let found = try await QueryTimes.ask(client, auditor, rows: 100) { number in
                        var query = Query()
                        change(&query, number)
                        return query
                    }
                    Progress.say("\(name): \(found)")
                    slowest = max(slowest, found.median)
                }
                await client.close()
                return slowest
            }
        }
    }

    /// The kinds of query of the workload: single fields, conjunctions, ranges of time.
    private static let kinds: [(String, @Sendable (inout Query, UInt64) -> Void)] = [
        ("user", { $0.practitioner = AccessLoad.user($1) }),
        ("resource", { $0.patient = AccessLoad.resource($1) }),
        ("activity", { $0.action = actions[Int($1 % 5)] }),
        ("node", { query, _ in query.issuer = node }),
        (
            "user and activity",
            {
                $0.practitioner = AccessLoad.user($1)
                $0.action = actions[Int($1 % 5)]
            }
        ),
        (
            "resource and reference id",
            {
                $0.patient = AccessLoad.resource($1)
                $0.claim = AccessLoad.reference($1 * 4)
            }
        ),
        (
            "user and range of time",
            {
                $0.practitioner = AccessLoad.user($1)
                $0.happenedFrom = day($1)
                $0.happenedBefore = day($1 + 1)
            }
        ),
        (
            "node and range of time",
            {
                $0.issuer = node
                $0.happenedFrom = day($1)
                $0.happenedBefore = Timestamp(milliseconds: day($1).milliseconds + 3_600_000)
            }
        ),
    ]

    private static let node = InstitutionID(BenchNetwork.name(1))
    private static let actions = AccessHeader.Action.allCases

    private static func day(_ number: UInt64) -> Timestamp {
        Timestamp(milliseconds: AccessLoad.start + Int64(number % 29) * 86_400_000)
    }

    private static func withNodes(
        _ body: (BenchNodes, Genesis) async throws -> Double
    ) async throws -> Double {
        let nodes = try await BenchNodes(isIndexKept: true)
        defer { nodes.stop() }
        let bytes = [UInt8](
            try Data(contentsOf: URL(filePath: "\(nodes.folder)/bench.genesis")))
        return try await body(nodes, try Genesis.decode(bytes))
    }
}
