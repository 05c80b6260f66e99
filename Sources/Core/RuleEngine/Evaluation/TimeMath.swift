internal import Primitives
internal import RuleLanguage

/// Dates and times: their bounds, their parts, and how they are written.
enum TimeMath {
    /// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.999Z: the years that CEL has.
    private static let instants: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999
    /// About ten thousand years to either side: the durations that CEL has.
    private static let durations: ClosedRange<Int64> =
        -315_576_000_000_000...315_576_000_000_000

    static func instant(
        _ result: (partialValue: Int64, overflow: Bool), _ zone: Int16
    ) -> Value {
        guard !result.overflow, instants.contains(result.partialValue) else {
            return .unknown(.overflow("an instant"))
        }
        return .instant(Timestamp(milliseconds: result.partialValue), zoneMinutes: zone)
    }

    static func duration(_ milliseconds: Int64) -> Value {
        durations.contains(milliseconds)
            ? .duration(milliseconds: milliseconds) : .unknown(.overflow("a duration"))
    }

    /// Part of a date, an instant (in UTC or in a zone) or a duration, as CEL's getters count.
    static func part(_ part: TimePart, _ value: Value, zoneMinutes: Int64) -> Value {
        switch value {
        case .date(let day): return calendar(part, day)
        case .instant(let time, _):
            let local = Timestamp(milliseconds: time.milliseconds + zoneMinutes * 60_000)
            if part.rawValue < TimePart.hours.rawValue { return calendar(part, local.day) }
            return clock(part, local.milliseconds - local.day.start.milliseconds)
        case .duration(let milliseconds):
            switch part {
            case .hours: return .integer(milliseconds / 3_600_000)
            case .minutes: return .integer(milliseconds / 60_000)
            case .seconds: return .integer(milliseconds / 1_000)
            default: return .integer(milliseconds % 1_000)
            }
        default: return value
        }
    }

    private static func calendar(_ part: TimePart, _ day: Day) -> Value {
        let (year, month, dayOfMonth) = day.civil
        switch part {
        case .fullYear: return .integer(Int64(year))
        case .month: return .integer(Int64(month - 1))
        case .dayOfMonth: return .integer(Int64(dayOfMonth))
        case .dayOfMonthFromZero: return .integer(Int64(dayOfMonth - 1))
        case .dayOfYear:
            guard let first = Day(year: year, month: 1, day: 1) else {
                return .unknown(.overflow("a date"))
            }
            return .integer(Int64(day.number) - Int64(first.number))
        default:
            // 1970-01-01 was a Thursday; Sunday is 0.
            let shifted = (Int64(day.number) + 4) % 7
            return .integer(shifted < 0 ? shifted + 7 : shifted)
        }
    }

    private static func clock(_ part: TimePart, _ milliseconds: Int64) -> Value {
        switch part {
        case .hours: .integer(milliseconds / 3_600_000)
        case .minutes: .integer(milliseconds / 60_000 % 60)
        case .seconds: .integer(milliseconds / 1_000 % 60)
        default: .integer(milliseconds % 1_000)
        }
    }

    /// Completed years from a birth to a day.
    static func age(_ birth: Day, _ day: Day) -> Value {
        let (from, to) = (birth.civil, day.civil)
        let isBefore = (to.month, to.day) < (from.month, from.day)
        return .integer(Int64(to.year - from.year - (isBefore ? 1 : 0)))
    }
}
