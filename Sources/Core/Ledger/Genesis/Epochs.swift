public import Primitives

/// The spans of days in which patients go by one pseudonym, numbered from 1970-01-01.
///
/// The epoch of an event follows from its time and the genesis alone, so that everybody who names
/// a patient in an entry, and everybody who reads it, means the same one.
public struct Epochs: Hashable, Sendable {
    /// How many days an epoch has; 0 where one epoch lasts for ever.
    public let days: UInt64

    /// The longest epoch, in days: more than a day number can count.
    public static let daysMax: UInt64 = 1 << 31

    public init(days: UInt64) {
        self.days = min(days, Epochs.daysMax)
    }

    /// The epochs of a ledger with these parameters.
    public init(_ parameters: Parameters) {
        self.init(days: parameters.epochDays)
    }

    /// The epoch of what happened at a time; what happened before 1970 lies in epoch 0.
    public func epoch(of time: Timestamp) -> UInt32 {
        guard days > 0 else { return 0 }
        return UInt32(UInt64(max(0, time.day.number)) / days)
    }

    /// The epochs of what happened from one time on and before another, which is later.
    public func epochs(from first: Timestamp, before end: Timestamp) -> ClosedRange<UInt32> {
        let last = Timestamp(milliseconds: max(first.milliseconds, end.milliseconds &- 1))
        return epoch(of: first)...epoch(of: last)
    }

    /// The first day of an epoch.
    public func firstDay(of epoch: UInt32) -> Day {
        Day(number: Int32(clamping: UInt64(epoch) * days))
    }
}
