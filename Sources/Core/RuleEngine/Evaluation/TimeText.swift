internal import Primitives
internal import RuleLanguage

/// Reads and writes dates, times and durations as RFC 3339 and CEL have them.
enum TimeText {
    /// `YYYY-MM-DD`.
    static func date(_ text: some StringProtocol) -> Day? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, let year = number(parts[0], 4), let month = number(parts[1], 2),
            let day = number(parts[2], 2)
        else { return nil }
        return Day(year: year, month: month, day: day)
    }

    /// `YYYY-MM-DDThh:mm:ss`, a fraction to the millisecond, and `Z` or an offset.
    static func instant(_ text: String) -> (Timestamp, zoneMinutes: Int16)? {
        let parts = text.split(separator: "T", omittingEmptySubsequences: false)
        guard parts.count == 2, let day = date(parts[0]), let (clock, zone) = zone(parts[1])
        else { return nil }
        let fields = clock.split(separator: ":", omittingEmptySubsequences: false)
        guard fields.count == 3, let hour = number(fields[0], 2), hour < 24,
            let minute = number(fields[1], 2), minute < 60
        else { return nil }
        let seconds = fields[2].split(separator: ".", omittingEmptySubsequences: false)
        guard let second = number(seconds[0], 2), second < 60, seconds.count <= 2,
            let fraction = seconds.count == 2 ? milliseconds(seconds[1]) : 0
        else { return nil }
        let ofDay = ((hour * 60 + minute - Int(zone)) * 60 + second) * 1_000 + fraction
        return (Timestamp(milliseconds: day.start.milliseconds + Int64(ofDay)), zone)
    }

    /// Digits after the point; more than three only where they are zero.
    private static func milliseconds(_ digits: Substring) -> Int? {
        guard !digits.isEmpty, digits.dropFirst(3).allSatisfy({ $0 == "0" }) else { return nil }
        let three = digits.prefix(3)
        return number(three, three.utf8.count).map { value in
            three.utf8.count == 1 ? value * 100 : three.utf8.count == 2 ? value * 10 : value
        }
    }

    private static func zone(_ text: Substring) -> (Substring, Int16)? {
        if text.hasSuffix("Z") { return (text.dropLast(), 0) }
        let offset = text.suffix(6)
        guard offset.utf8.count == 6, offset.hasPrefix("+") || offset.hasPrefix("-") else {
            return nil
        }
        let parts = offset.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let hours = number(parts[0], 2), hours <= 23,
            let minutes = number(parts[1], 2), minutes < 60
        else { return nil }
        let total = Int16(hours * 60 + minutes)
        return (text.dropLast(6), offset.hasPrefix("-") ? -total : total)
    }

    private static func number(_ digits: some StringProtocol, _ count: Int) -> Int? {
        guard digits.utf8.count == count,
            digits.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") })
        else { return nil }
        return Int(digits)
    }

    /// CEL's durations: numbers with the units h, m, s, ms, one after another, with one sign.
    static func duration(_ text: String) -> Value {
        let failure = Value.unknown(.text(text, expected: "a duration such as '90s' or '1h30m'"))
        var rest = text[...]
        let isNegative = rest.hasPrefix("-")
        if isNegative { rest = rest.dropFirst() }
        guard !rest.isEmpty else { return failure }
        let units: [(String, ExactDecimal)] = [
            ("ms", ExactDecimal(1)), ("h", ExactDecimal(3_600_000)), ("m", ExactDecimal(60_000)),
            ("s", ExactDecimal(1_000)),
        ]
        var total = ExactDecimal.zero
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(digits.count)
            guard let number = ExactDecimal(digits),
                let unit = units.first(where: { rest.hasPrefix($0.0) }),
                let part = ExactMath.multiply(number, unit.1),
                let sum = ExactMath.add(total, part)
            else { return failure }
            total = sum
            rest = rest.dropFirst(unit.0.count)
        }
        guard total.scale == 0 else { return failure }
        return TimeMath.duration(isNegative ? -total.coefficient : total.coefficient)
    }

    /// RFC 3339 in UTC, with a fraction only where there is one.
    static func text(_ time: Timestamp) -> String {
        let text = time.description
        return text.hasSuffix(".000Z") ? text.dropLast(5) + "Z" : text
    }

    /// Seconds with a fraction only where there is one, as CEL writes durations.
    static func text(duration milliseconds: Int64) -> String {
        let seconds = ExactDecimal(coefficient: milliseconds, scale: 3) ?? .zero
        return "\(seconds)s"
    }
}
