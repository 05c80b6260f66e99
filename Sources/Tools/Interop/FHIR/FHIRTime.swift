internal import Primitives
internal import Records

/// A date or time as FHIR writes it, with no more precision than was written.
///
/// Source: FHIR R4, data types `date`, `dateTime` and `instant`.
enum FHIRTime: Equatable {
    case instant(Timestamp, zoneMinutes: Int16)
    case day(Day)
    /// A year, or a year and a month.
    case coarser

    /// Reads `YYYY`, `YYYY-MM`, `YYYY-MM-DD` or `YYYY-MM-DDThh:mm:ss[.fff](Z|±hh:mm)`.
    ///
    /// Digits past the millisecond are dropped; a 60th second counts as the minute after.
    init?(_ utf8: ArraySlice<UInt8>) {
        var scanner = Scanner(rest: utf8)
        guard let year = scanner.number(4), year > 0 else { return nil }
        if scanner.isAtEnd {
            self = .coarser
            return
        }
        guard scanner.take("-"), let month = scanner.number(2), (1...12).contains(month) else {
            return nil
        }
        if scanner.isAtEnd {
            self = .coarser
            return
        }
        guard scanner.take("-"), let date = scanner.number(2),
            let day = Day(year: year, month: month, day: date)
        else { return nil }
        if scanner.isAtEnd {
            self = .day(day)
            return
        }
        guard scanner.take("T"), let clock = scanner.clock(), let zone = scanner.zone(),
            scanner.isAtEnd
        else { return nil }
        self = .instant(
            Timestamp(milliseconds: day.start.milliseconds + clock - Int64(zone) * 60_000),
            zoneMinutes: Int16(zone))
    }

    /// The value of a field of type instant; nil for anything coarser.
    var instantValue: FactValue? {
        guard case .instant(let time, let zone) = self else { return nil }
        return .instant(time, zoneMinutes: zone)
    }

    /// The civil day in the zone in which the time was written; nil for anything coarser.
    var civilDay: Day? {
        switch self {
        case .instant(let time, let zone):
            Timestamp(milliseconds: time.milliseconds + Int64(zone) * 60_000).day
        case .day(let day): day
        case .coarser: nil
        }
    }
}

/// Takes fixed-width pieces off the front of a text.
private struct Scanner {
    var rest: ArraySlice<UInt8>

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    mutating func digit() -> Int? {
        guard let byte = rest.first, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else {
            return nil
        }
        rest.removeFirst()
        return Int(byte - UInt8(ascii: "0"))
    }

    mutating func number(_ digitCount: Int) -> Int? {
        var number = 0
        for _ in 0..<digitCount {
            guard let digit = digit() else { return nil }
            number = number * 10 + digit
        }
        return number
    }

    /// `hh:mm:ss`, perhaps with a fraction, in milliseconds since midnight.
    mutating func clock() -> Int64? {
        guard let hour = number(2), hour < 24, take(":"), let minute = number(2), minute < 60,
            take(":"), let second = number(2), second <= 60
        else { return nil }
        var milliseconds = 0
        if take(".") {
            guard let first = digit() else { return nil }
            milliseconds = first * 100
            var weight = 10
            while let digit = digit() {
                milliseconds += digit * weight
                weight /= 10
            }
        }
        return Int64(((hour * 60 + minute) * 60 + second) * 1_000 + milliseconds)
    }

    /// `Z`, `+hh:mm` or `-hh:mm`, in minutes east of UTC.
    mutating func zone() -> Int? {
        if take("Z") { return 0 }
        let isEast = take("+")
        guard isEast || take("-"), let hours = number(2), take(":"), let minutes = number(2),
            minutes < 60, hours * 60 + minutes <= 14 * 60
        else { return nil }
        return (hours * 60 + minutes) * (isEast ? 1 : -1)
    }
}
