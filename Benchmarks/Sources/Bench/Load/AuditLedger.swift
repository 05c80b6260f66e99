internal import Foundation
internal import Ledger
internal import Node

/// The large ledger of access entries that audits are measured on: filled once, by the way that
/// every entry goes, however many cases ask for it.
///
/// `CUSTOS_BENCH_ENTRIES` says how many entries it has, `CUSTOS_BENCH_VALIDATORS` how many
/// validators: what is measured is one node that answers, so that with one the machine and the
/// disk are not shared with three more replicas of the same. Its proofs then have one signature.
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

    /// The folder of the node that is asked, and the genesis; starts and fills the ledger first.
    func filled() async throws -> (socket: String, genesis: Genesis) {
        if self.nodes == nil { self.nodes = try await fill() }
        guard let nodes = self.nodes else { throw BenchError("the ledger has ended") }
        let bytes = [UInt8](
            try Data(contentsOf: URL(filePath: "\(nodes.folder)/bench.genesis")))
        return (nodes.sockets[0], try Genesis.decode(bytes))
    }

    private func fill() async throws -> BenchNodes {
        let nodes = try await BenchNodes(isIndexKept: true, count: Self.validatorCount)
        self.nodes = nodes
        let bytes = [UInt8](
            try Data(contentsOf: URL(filePath: "\(nodes.folder)/bench.genesis")))
        let genesis = try Genesis.decode(bytes)
        let load = AccessLoad(
            recordCount: Self.entryCount, userCount: 1_000, resourceCount: Self.patientCount)
        let seconds = try await AccessLoad.send(
            try (0..<AccessLoad.issuerCount).map {
                try AccessLoad.Stream(load, genesis, issuer: $0)
            }, to: nodes.sockets)
        Progress.say(
            "\(Self.entryCount) entries in \(Int(seconds)) s, "
                + "\(Int(Double(Self.entryCount) / seconds)) a second; the node that is asked has "
                + "\(nodes.byteCount(of: 0) / 1_000_000) MB on its disk and "
                + "\(Int(try nodes.memory(of: 0))) MB in memory")
        return nodes
    }

    /// Says how much memory the node that is asked has come to.
    func tellMemory() throws {
        guard let nodes else { return }
        Progress.say("the node has \(Int(try nodes.memory(of: 0))) MB in memory")
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
