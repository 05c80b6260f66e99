public import Primitives

/// What the host must do for an outbox, in this order.
public enum OutboxEffect: Hashable, Sendable {
    /// Write the row; once it is synced, say ``OutboxInput/persisted(through:)``.
    ///
    /// Rows of several steps may be synced together.
    case persist(OutboxRow)
    /// Tell the submitter that the entry with this number will be anchored, whatever happens next.
    case acknowledge(number: UInt64)
    /// Sign these entries as a batch and hand it to the mempool.
    case sign(BatchDraft)
    /// Say ``OutboxInput/timerFired`` after so long.
    case startTimer(milliseconds: UInt64)
    /// The rows below this number are anchored and may be forgotten; the row with it is, too, but
    /// stays as a mark of where the stream stands.
    case forget(below: UInt64)
    /// Ask the host when all that was signed here before has expired (``HostInput/numbersLost``),
    /// where a batch was good for so many heights at most; say ``OutboxInput/expired(at:)``.
    case findExpiry(heights: UInt64)
    /// Entries are numbered again, and this is the next number.
    case opened(nextNumber: UInt64)
}

/// An entry that was numbered and is not known to be anchored, or a mark.
public struct OutboxRow: Hashable, Sendable {
    public let number: UInt64
    public let entry: [UInt8]
    /// The number that follows: one more, unless the entry is a void.
    public let nextNumber: UInt64

    public init(number: UInt64, entry: [UInt8], nextNumber: UInt64) {
        self.number = number
        self.entry = entry
        self.nextNumber = nextNumber
    }

    /// A row without an entry: numbers below the next one are nobody's business here any more.
    init(markBefore nextNumber: UInt64) {
        self.init(number: nextNumber - 1, entry: [], nextNumber: nextNumber)
    }

    /// Whether the row says only where the stream stands.
    public var isMark: Bool { entry.isEmpty }
}

/// Entries to be signed together.
public struct BatchDraft: Hashable, Sendable {
    public let first: UInt64
    public let entries: [[UInt8]]
    /// The last height whose block may hold the batch.
    public let expiry: Height
}
