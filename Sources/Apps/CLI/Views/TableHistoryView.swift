internal import Ledger
internal import Primitives
internal import Proofs

/// What became of a knowledge table on the ledger, for people and programs.
struct TableHistoryView: Encodable {
    let table: String
    /// From the first block on for which the ledger named it; none where it never did.
    let points: [Point]

    struct Point: Encodable {
        let fromBlock: UInt64
        let since: String
        /// Of the version in force, if one was.
        let hash: String?
        let bytes: UInt64?
    }

    init(_ proven: ProvenTable) {
        table = proven.table
        points = (proven.history?.points ?? []).map { point in
            Point(
                fromBlock: point.from.blocks, since: point.time.description,
                hash: point.standing.version?.hash.description,
                bytes: point.standing.version?.byteCount)
        }
    }

    var lines: [String] {
        guard !points.isEmpty else { return ["table \(table): the ledger never named it"] }
        return ["table \(table)"]
            + points.flatMap { point in
                [
                    "  from block \(point.fromBlock), \(point.since)",
                    point.hash.map { "    \($0), \(point.bytes ?? 0) bytes" }
                        ?? "    none: rules take what lies at each node",
                ]
            }
    }
}
