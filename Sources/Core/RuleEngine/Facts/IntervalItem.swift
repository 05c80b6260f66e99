/// A row under a key, by when it begins and ends, both included.
struct IntervalItem: Sendable {
    let low: Int64
    let high: Int64
    /// Place on the ledger, which orders rows that begin together.
    let leaf: UInt64
    let ordinal: UInt32
    let row: Int32

    static let filler = IntervalItem(low: 0, high: 0, leaf: 0, ordinal: 0, row: -1)

    /// By beginning, then by place.
    func precedes(_ other: IntervalItem) -> Bool {
        if low != other.low { return low < other.low }
        if leaf != other.leaf { return leaf < other.leaf }
        return ordinal < other.ordinal
    }
}

/// A judgement that looked for rows under a key in a stretch of time, both ends included.
struct Watcher: Sendable {
    let low: Int64
    let high: Int64
    /// Place on the ledger of the judged row.
    let leaf: UInt64
    let ordinal: UInt32
    let row: Int32
    let plan: Int32
    let window: Int32

    static let filler = Watcher(
        low: 0, high: 0, leaf: 0, ordinal: 0, row: -1, plan: 0, window: 0)
}
