internal import Primitives
internal import RuleLanguage

extension CheckedWindow.Grain {
    private static let dayMilliseconds: Int64 = 86_400_000

    /// The first grain of a date or an instant.
    func low(_ value: Value) -> Int64? {
        switch value {
        case .date(let day): low(day: Int64(day.number))
        case .instant(let time, let zone): low(milliseconds: time.milliseconds, zone: Int64(zone))
        default: nil
        }
    }

    /// The last grain of a date or an instant.
    func high(_ value: Value) -> Int64? {
        if case .date(let day) = value { return high(day: Int64(day.number)) }
        return low(value)
    }

    func low(day: Int64) -> Int64 {
        self == .day ? day : day * CheckedWindow.Grain.dayMilliseconds
    }

    func high(day: Int64) -> Int64 {
        self == .day ? day : low(day: day) + CheckedWindow.Grain.dayMilliseconds - 1
    }

    /// The grain of a point in time; its civil day is that of the zone, in minutes east of UTC.
    func low(milliseconds: Int64, zone: Int64) -> Int64 {
        guard self == .day else { return milliseconds }
        let zone = Int16(truncatingIfNeeded: zone)
        return Int64(
            Value.day(of: Timestamp(milliseconds: milliseconds), zoneMinutes: zone).number)
    }

    /// The first millisecond after a grain.
    func end(of grain: Int64) -> Int64 {
        let (next, overflow) = grain.addingReportingOverflow(1)
        if self == .millisecond { return overflow ? .max : next }
        let product = next.multipliedReportingOverflow(by: CheckedWindow.Grain.dayMilliseconds)
        return overflow || product.overflow ? .max : product.partialValue
    }

    /// A day that the grain lies in.
    func day(of grain: Int64) -> Day {
        self == .day
            ? Day(number: Int32(clamping: grain)) : Timestamp(milliseconds: grain).day
    }
}
