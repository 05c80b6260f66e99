internal import Foundation
internal import Ledger
internal import Node

/// The large ledger of access entries that audits are measured on: filled once, by the way that
/// every entry goes, however many cases ask for it.
///
/// `CUSTOS_BENCH_ENTRIES` says how many entries it has, `CUSTOS_BENCH_VALIDATORS` how many
/// validators: what is measured is one node that answers, so that with one the machine and the
/// disk are not shared with three more replicas of the same. Its proofs then have one signature.
/// `CUSTOS_BENCH_FOLDER` names a folder that keeps the ledger, for the next run to ask it again.
actor AuditLedger {
    static let shared = AuditLedger()

    static let entryCount = number("CUSTOS_BENCH_ENTRIES") ?? 100_000
    static let validatorCount = number("CUSTOS_BENCH_VALIDATORS") ?? 4
    static var patientCount: UInt64 { UInt64(max(1, entryCount / 1_000)) }
    static var settings: String {
        "\(entryCount) access entries, of which 1,000 of each patient, \(validatorCount) "
            + "validators as processes on loopback (CUSTOS_BENCH_ENTRIES, "
            + "CUSTOS_BENCH_VALIDATORS)"
    }

    private var nodes: BenchNodes?
    private var filling: Filling?

    /// The control socket of the node that is asked, and the genesis; starts and fills the ledger
    /// first.
    func filled() async throws -> (socket: String, genesis: Genesis) {
        if nodes == nil { try await fill() }
        return (try running.sockets[0], try genesis)
    }

    /// Entries committed a second in the last tenth of the ledger, of 100 in the first.
    func pace() async throws -> Double {
        _ = try await filled()
        guard let rates = filling?.rates else { throw BenchError("the ledger was not filled") }
        Progress.say("entries a second in each tenth: \(rates.map { Int($0) })")
        return 100 * rates[9] / rates[0]
    }

    /// The resident memory of the node that is asked, in MB.
    func memory() async throws -> Double {
        _ = try await filled()
        return try running.memory(of: 0)
    }

    /// Seconds from `kill -9` of the node that is asked until it has its peers again, and until a
    /// batch that it is given then is committed.
    func restart() async throws -> (answers: Double, votes: Double) {
        _ = try await filled()
        let restarts = filling?.restarts ?? 0
        filling?.restarts += 1
        try keep()
        let start = ContinuousClock.now
        try await running.restart(0)
        let answers = (ContinuousClock.now - start) / .seconds(1)
        // Of an issuer that has sent nothing yet.
        var stream = try AccessLoad.Stream(
            Self.load, try genesis, issuer: AccessLoad.issuerCount + restarts)
        guard let batch = stream.next() else { throw BenchError("no batch") }
        let client = try await NodeClient(socket: try running.sockets[0])
        _ = try await client.submitBatch(batch, waits: true)
        await client.close()
        return (answers, (ContinuousClock.now - start) / .seconds(1))
    }

    private static var load: AccessLoad {
        AccessLoad(recordCount: entryCount, userCount: 1_000, resourceCount: patientCount)
    }

    private var running: BenchNodes {
        get throws {
            guard let nodes else { throw BenchError("the ledger has ended") }
            return nodes
        }
    }

    private var genesis: Genesis {
        get throws { try running.genesis }
    }

    private func fill() async throws {
        filling = try Self.folder.flatMap {
            try Filling.read(
                $0, entryCount: Self.entryCount, validatorCount: Self.validatorCount)
        }
        let nodes = try await BenchNodes(
            isIndexKept: true, count: Self.validatorCount, keptIn: Self.folder)
        self.nodes = nodes
        if filling == nil {
            let genesis = try genesis
            let times = try await AccessLoad.send(
                try (0..<AccessLoad.issuerCount).map {
                    try AccessLoad.Stream(Self.load, genesis, issuer: $0)
                }, to: nodes.sockets)
            filling = Filling(
                entryCount: Self.entryCount, validatorCount: Self.validatorCount,
                rates: times.rates.map { $0 * Double(AccessLoad.batchSize) })
            try keep()
            Progress.say(
                "\(Self.entryCount) entries in \(Int(times.seconds)) s, "
                    + "\(Int(Double(Self.entryCount) / times.seconds)) a second")
        }
        Progress.say(
            "the node that is asked has \(nodes.byteCount(of: 0) / 1_000_000) MB on its disk and "
                + "\(Int(try nodes.memory(of: 0))) MB in memory")
    }

    /// Writes how the ledger was filled beside it, where it is kept.
    private func keep() throws {
        if let folder = Self.folder { try filling?.write(folder) }
    }

    private static let folder = ProcessInfo.processInfo.environment["CUSTOS_BENCH_FOLDER"]

    /// Says how much memory the node that is asked has come to.
    func tellMemory() throws {
        Progress.say("the node has \(Int(try running.memory(of: 0))) MB in memory")
    }

    /// Ends the nodes and removes what they wrote.
    func end() {
        nodes?.stop()
        nodes = nil
    }

    private static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }
}
