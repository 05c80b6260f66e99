public import Primitives

/// What has happened to an outbox.
public enum OutboxInput: Sendable {
    /// An entry was handed in, encoded with the number that ``Outbox/nextNumber`` gave.
    case submitted(number: UInt64, entry: [UInt8], nextNumber: UInt64)
    /// Every row up to this number would survive a power failure.
    case persisted(through: UInt64)
    /// The ledger stands at this height, and the stream's next number on it is this one.
    case committed(height: Height, nextNumber: UInt64)
    /// The mempool would not take the batch that begins with this number.
    case refused(first: UInt64)
    /// The timer of ``OutboxEffect/startTimer(milliseconds:)`` has run out.
    case timerFired
    /// From this height on, nothing that was signed before the rows were lost can be committed.
    case expired(at: Height)
}
