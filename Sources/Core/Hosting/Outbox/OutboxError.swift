/// Why an outbox takes no entry, or its rows cannot be its own.
public enum OutboxError: Error, Hashable, Sendable {
    /// As many entries wait as may wait; the submitter keeps this one and tries again.
    case full(waiting: Int, limit: Int)
    /// The entry was encoded with another number than the next one.
    case number(found: UInt64, expected: UInt64)
    /// The entry is longer than a batch may be.
    case oversize(byteCount: Int, limit: Int)
    /// The rows on the disk do not follow each other.
    case gapInRows(after: UInt64, found: UInt64)
    /// No entry is numbered for now; the submitter keeps this one.
    case closed(OutboxClosure)
}

extension OutboxError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .full(let waiting, let limit):
            "the outbox holds \(waiting) entries that are not anchored, of \(limit) at most; "
                + "try again when the ledger has caught up"
        case .number(let found, let expected):
            "the entry has number \(found); the stream's next is \(expected)"
        case .oversize(let byteCount, let limit):
            "the entry has \(byteCount) bytes, of \(limit) at most"
        case .gapInRows(let after, let found):
            "the outbox has number \(found) after \(after): a row is missing on this disk; "
                + "`custos repair outbox` sets it aside"
        case .closed(let closure): "\(closure)"
        }
    }
}
