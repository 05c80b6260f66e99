internal import Cryptography
internal import Foundation
internal import Ledger
internal import Node
internal import Primitives
internal import Proofs
internal import Records

/// Access records: how fast they are anchored, and found again with the proof that none is missing.
enum AccessCases {
    static let all = [insert, query, trail, lookup]

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
                try await AccessLoad.send(try idash.batches(for: genesis), to: nodes)
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
                _ = try await AccessLoad.send(try idash.batches(for: genesis), to: nodes)
                let auditor = try Auditor(genesis: genesis)
                let client = try await NodeClient(socket: nodes.folder(of: 0) + "/data/control")
                var slowest = 0.0
                for (name, change) in kinds {
                    let found = try await ask(client, auditor, rows: 100) { number in
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

    private static let trailCount = 100
    /// The ledger's size may be given: `CUSTOS_BENCH_ENTRIES`.
    private static var entryCount: Int {
        ProcessInfo.processInfo.environment["CUSTOS_BENCH_ENTRIES"].flatMap { Int($0) } ?? 100_000
    }
    private static var audited: String {
        "\(entryCount) access entries, of which 1,000 of each patient, 4 validators as "
            + "processes on loopback; the ledger's size is CUSTOS_BENCH_ENTRIES"
    }
    private static var audit: AccessLoad {
        AccessLoad(
            recordCount: entryCount, userCount: 1_000, resourceCount: UInt64(entryCount / 1_000))
    }

    private static var trail: Benchmark {
        Benchmark(
            name: "audit.trail", unit: "ms", better: .lower, runs: 1,
            settings: "p99 over \(trailCount) patients, each asked about for the first time, from "
                + "question to the bytes of the whole trail with proof at the client; \(audited)"
        ) {
            try await withNodes { nodes, genesis in
                _ = try await AccessLoad.send(try audit.batches(for: genesis), to: nodes)
                let auditor = try Auditor(genesis: genesis)
                let client = try await NodeClient(socket: nodes.folder(of: 0) + "/data/control")
                let count = UInt64(max(1, entryCount / 1_000))
                let found = try await ask(
                    client, auditor, rows: .max, times: Int(min(count, UInt64(trailCount)))
                ) { number in
                    var query = Query()
                    query.patient = AccessLoad.resource(number % count)
                    return query
                }
                Progress.say("trails: \(found)")
                await client.close()
                return found.p99
            }
        }
    }

    private static let askerCount = 4

    private static var lookup: Benchmark {
        Benchmark(
            name: "audit.lookup", unit: "ms", better: .lower, runs: 1,
            settings:
                "p99 of 40,000 entries found by leaf at random, by \(askerCount) askers at once, "
                + "each with a connection of its own and one question after the other; \(audited)"
        ) {
            try await withNodes { nodes, genesis in
                _ = try await AccessLoad.send(try audit.batches(for: genesis), to: nodes)
                let socket = nodes.folder(of: 0) + "/data/control"
                let start = ContinuousClock.now
                var times: [Double] = []
                try await withThrowingTaskGroup(of: [Double].self) { group in
                    for asker in 0..<askerCount {
                        group.addTask { try await lookUp(asker, of: 40_000, socket) }
                    }
                    for try await found in group { times += found }
                }
                let rate = Double(times.count) / ((ContinuousClock.now - start) / .seconds(1))
                times.sort()
                Progress.say("\(Int(rate)) a second; p50 \(times[times.count / 2]) ms")
                return times[times.count * 99 / 100]
            }
        }
    }

    /// Finds one asker's share of so many entries; how long each took, in milliseconds.
    private static func lookUp(
        _ asker: Int, of count: Int, _ socket: String
    ) async throws -> [Double] {
        let client = try await NodeClient(socket: socket)
        var random = SplitMix(seed: UInt64(asker + 1))
        var times: [Double] = []
        for _ in 0..<(count / askerCount) {
            let leaf = random.next() % UInt64(entryCount / 1_024 * 1_024)
            let asked = ContinuousClock.now
            _ = try await client.entry(leaf: leaf)
            times.append((ContinuousClock.now - asked) / .milliseconds(1))
        }
        await client.close()
        return times
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

    private struct Found: CustomStringConvertible {
        var median = 0.0
        var p99 = 0.0
        var verifyMedian = 0.0
        var rows = 0
        var byteCount = 0
        var lists = ""

        var description: String {
            let digits = { (value: Double) in String(format: "%.2f", value) }
            return "p50 \(digits(median)) ms, p99 \(digits(p99)) ms, verified in "
                + "\(digits(verifyMedian)) ms, \(rows) rows, \(byteCount) bytes with proof: the "
                + "complete list of \(lists)"
        }
    }

    /// Asks one kind of query many times, verifying each answer apart.
    private static func ask(
        _ client: NodeClient, _ auditor: Auditor, rows: UInt64, times: Int = 40,
        _ make: (UInt64) -> Query
    ) async throws -> Found {
        var asked: [Double] = []
        var verified: [Double] = []
        var found = Found()
        for number in 0..<UInt64(times) {
            var request = QueryRequest(make(number), rowCount: rows)
            let start = ContinuousClock.now
            var pages: [[UInt8]] = []
            repeat {
                let answer = try await client.query(request)
                pages.append(answer.page ?? [])
                request.heights = answer.next
            } while rows == .max && request.heights != nil
            asked.append((ContinuousClock.now - start) / .milliseconds(1))
            var rowCount = 0
            verified.append(
                try seconds {
                    for page in pages {
                        let proven = try auditor.verify(try AnswerPage.decode(page))
                        rowCount += proven.items.count
                        found.lists =
                            proven.terms.count > 1
                            ? "\(proven.terms.count) terms" : "\(proven.terms)"
                    }
                } * 1_000)
            found.rows = max(found.rows, rowCount)
            found.byteCount = max(found.byteCount, pages.reduce(0) { $0 + $1.count })
        }
        found.median = asked.sorted()[asked.count / 2]
        found.p99 = asked.sorted()[asked.count * 99 / 100]
        found.verifyMedian = verified.sorted()[verified.count / 2]
        return found
    }
}
