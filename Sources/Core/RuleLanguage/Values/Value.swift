public import Primitives

/// A value that an expression has, or the reason why it has none.
public enum Value: Sendable {
    case bool(Bool)
    case integer(Int64)
    case decimal(ExactDecimal)
    /// An exact quotient; it is compared without being rounded.
    case ratio(Ratio)
    case money(Amount)
    /// A number with its unit, in UCUM.
    case quantity(ExactDecimal, unit: String)
    case text(String)
    case code(system: String, code: String)
    case date(Day)
    /// A point in time, with the zone in which it was recorded, in minutes east of UTC.
    case instant(Timestamp, zoneMinutes: Int16)
    /// A number of civil days.
    case period(days: Int64)
    /// A stretch of time on the clock.
    case duration(milliseconds: Int64)
    /// A patient, practitioner, claim or prescription; the type tells which.
    case id(OpaqueID)
    case institution(InstitutionID)
    case list([Value])
    /// Not known, which is neither false nor nothing.
    case unknown(Cause)
}

/// A quotient of two decimals; the denominator is above zero.
public struct Ratio: Sendable {
    public let numerator: ExactDecimal
    public let denominator: ExactDecimal

    /// The quotient, or nil where the denominator is not above zero.
    public init?(_ numerator: ExactDecimal, over denominator: ExactDecimal) {
        guard denominator.coefficient > 0 else { return nil }
        self.numerator = numerator
        self.denominator = denominator
    }
}

extension Value {
    public static let yes = Value.bool(true)
    public static let no = Value.bool(false)

    public var cause: Cause? {
        if case .unknown(let cause) = self { cause } else { nil }
    }

    /// The civil day of a date, or of a point in time where it was recorded.
    public var day: Day? {
        switch self {
        case .date(let day): day
        case .instant(let time, let zone): Value.day(of: time, zoneMinutes: zone)
        default: nil
        }
    }

    /// The civil day of a point in time in a zone, in minutes east of UTC.
    public static func day(of time: Timestamp, zoneMinutes: Int16) -> Day {
        let (local, overflow) = time.milliseconds.addingReportingOverflow(
            Int64(zoneMinutes) * 60_000)
        return Timestamp(milliseconds: overflow ? time.milliseconds : local).day
    }
}
