internal import Primitives
internal import RuleLanguage

/// The functions that need only their arguments, all of which are known.
enum FunctionMath {
    static func call(_ function: Function, _ a: Value) -> Value {
        switch (function, a) {
        case (.size, .text(let text)): .integer(Int64(text.unicodeScalars.count))
        case (.size, .list(let values)): .integer(Int64(values.count))
        case (.toInteger, .text(let text)): integer(text)
        case (.toInteger, .instant(let time, _)): .integer(floorSeconds(time))
        case (.toInteger, .decimal(let decimal)): .integer(whole(decimal))
        case (.toText, _): .text(text(a))
        case (.toBool, .text(let text)): bool(text)
        case (.toDecimal, .integer(let integer)): .decimal(ExactDecimal(integer))
        case (.toDecimal, .text(let text)):
            ExactDecimal(text).map { .decimal($0) }
                ?? .unknown(.text(text, expected: "a decimal such as '0.80'"))
        case (.toInstant, .text(let text)): instant(text)
        case (.toInstant, .integer(let seconds)):
            TimeMath.instant(seconds.multipliedReportingOverflow(by: 1_000), 0)
        case (.toDuration, .text(let text)): TimeText.duration(text)
        case (.toDate, .text(let text)):
            TimeText.date(text).map { .date($0) }
                ?? .unknown(.text(text, expected: "a date such as '2026-01-31'"))
        case (.toDate, _): a.day.map { .date($0) } ?? a
        case (.startOfDay, .date(let day)): .instant(day.start, zoneMinutes: 0)
        case (.codeSystem, .code(let system, _)): .text(system)
        case (.codeText, .code(_, let code)): .text(code)
        case (.unitOf, .quantity(_, let unit)): .text(unit)
        case (.currencyOf, .money(let amount)): .text(amount.currency.code)
        case (.period, .integer(let days)): .period(days: days)
        case (.daysOf, .period(let days)): .integer(days)
        case (.daysOf, .duration(let span)): .integer(span / 86_400_000)
        case (.hoursOf, .duration(let span)): .integer(span / 3_600_000)
        case (.minutesOf, .duration(let span)): .integer(span / 60_000)
        case (.absolute, _): absolute(a)
        case (.part(let part), _): TimeMath.part(part, a, zoneMinutes: 0)
        default: a
        }
    }

    static func call(_ function: Function, _ a: Value, _ b: Value) -> Value {
        switch (function, a, b) {
        case (.startsWith, .text(let text), .text(let part)):
            .bool(text.utf8.starts(with: part.utf8))
        case (.endsWith, .text(let text), .text(let part)):
            .bool(text.utf8.reversed().starts(with: part.utf8.reversed()))
        case (.containsText, .text(let text), .text(let part)): .bool(contains(text, part))
        case (.concatenateText, .text(let first), .text(let second)): .text(first + second)
        case (.concatenateList, .list(let first), .list(let second)): .list(first + second)
        case (.numberIn, .quantity(let number, let unit), .text(let wanted)):
            Units.convert(number, from: unit, to: wanted).map { .decimal($0) }
                ?? .unknown(.units(unit, wanted))
        case (.ratio, _, _): ratio(a, b)
        case (.divide, .money(let amount), .integer(let divisor)): divide(amount, divisor)
        case (.round, _, .integer(let scale)): round(a, scale)
        case (.smaller, _, _): pick(a, b, .lessOrEqual)
        case (.larger, _, _): pick(a, b, .greaterOrEqual)
        case (.age, .date(let birth), .date(let day)): TimeMath.age(birth, day)
        case (.part(let part), _, .integer(let zone)): TimeMath.part(part, a, zoneMinutes: zone)
        default: .unknown(.bound("a function of other types"))
        }
    }

    /// `divide(a, b, digits)`: half rounded to even.
    static func call(_ function: Function, _ a: Value, _ b: Value, _ c: Value) -> Value {
        guard case .integer(let digits) = c, let scale = UInt8(exactly: digits),
            scale <= ExactDecimal.scaleMax
        else { return .unknown(.overflow("the number of digits")) }
        guard let divisor = b.decimal else { return .unknown(.bound("a divisor")) }
        guard divisor.coefficient != 0 else { return .unknown(.divisionByZero) }
        if case .quantity(let number, let unit) = a {
            return ExactMath.divide(number, by: divisor, scale: scale)
                .map { .quantity($0, unit: unit) } ?? .unknown(.overflow("a quantity"))
        }
        guard let number = a.decimal,
            let quotient = ExactMath.divide(number, by: divisor, scale: scale)
        else { return .unknown(.overflow("a quotient")) }
        return .decimal(quotient)
    }

    private static func pick(_ a: Value, _ b: Value, _ symbol: BinaryOperator) -> Value {
        switch ValueMath.compare(symbol, a, b) {
        case .bool(let first): first ? a : b
        case let other: other
        }
    }

    private static func ratio(_ a: Value, _ b: Value) -> Value {
        switch (a, b) {
        case (.period(let x), .period(let y)), (.duration(let x), .duration(let y)):
            return ValueMath.ratio(ExactDecimal(x), ExactDecimal(y))
        case (.money, .money), (.quantity, .quantity):
            return ValueMath.arithmetic(.divide, a, b)
        default:
            guard let x = a.decimal, let y = b.decimal else {
                return .unknown(.bound("a quotient of other types"))
            }
            return ValueMath.ratio(x, y)
        }
    }

    private static func divide(_ amount: Amount, _ divisor: Int64) -> Value {
        guard divisor != 0 else { return .unknown(.divisionByZero) }
        guard
            let quotient = ExactMath.divide(
                ExactDecimal(amount.minorUnits), by: ExactDecimal(divisor), scale: 0)
        else { return .unknown(.overflow("an amount")) }
        return .money(Amount(minorUnits: quotient.coefficient, currency: amount.currency))
    }

    private static func round(_ value: Value, _ digits: Int64) -> Value {
        guard let scale = UInt8(exactly: digits), scale <= ExactDecimal.scaleMax else {
            return .unknown(.overflow("the number of digits"))
        }
        switch value {
        case .ratio(let ratio):
            return ExactMath.divide(ratio.numerator, by: ratio.denominator, scale: scale)
                .map { .decimal($0) } ?? .unknown(.overflow("a decimal"))
        case .quantity(let number, let unit):
            return ExactMath.round(number, scale: scale).map { .quantity($0, unit: unit) }
                ?? .unknown(.overflow("a quantity"))
        default:
            return value.decimal.flatMap { ExactMath.round($0, scale: scale) }
                .map { .decimal($0) } ?? .unknown(.overflow("a decimal"))
        }
    }

    private static func absolute(_ value: Value) -> Value {
        let isNegative: Bool
        switch value {
        case .integer(let integer): isNegative = integer < 0
        case .decimal(let decimal): isNegative = decimal.coefficient < 0
        case .money(let amount): isNegative = amount.minorUnits < 0
        case .period(let days): isNegative = days < 0
        case .duration(let span): isNegative = span < 0
        default: isNegative = false
        }
        return isNegative ? ValueMath.negate(value) : value
    }

    private static func contains(_ text: String, _ part: String) -> Bool {
        let (text, part) = (Array(text.utf8), Array(part.utf8))
        guard let first = part.first else { return true }
        guard text.count >= part.count else { return false }
        for start in 0...(text.count - part.count)
        where text[start] == first && text[start...].starts(with: part) {
            return true
        }
        return false
    }

    private static func integer(_ text: String) -> Value {
        Int64(text).map { .integer($0) } ?? .unknown(.text(text, expected: "a whole number"))
    }

    /// What stands before the point.
    private static func whole(_ decimal: ExactDecimal) -> Int64 {
        var whole = decimal.coefficient
        for _ in 0..<decimal.scale { whole /= 10 }
        return whole
    }

    private static func bool(_ text: String) -> Value {
        switch text {
        case "true", "True", "TRUE", "t", "1": .yes
        case "false", "False", "FALSE", "f", "0": .no
        default: .unknown(.text(text, expected: "true or false"))
        }
    }

    private static func instant(_ text: String) -> Value {
        guard let (time, zone) = TimeText.instant(text) else {
            return .unknown(
                .text(text, expected: "an instant such as '2026-01-31T08:00:00Z'"))
        }
        return TimeMath.instant((time.milliseconds, false), zone)
    }

    private static func floorSeconds(_ time: Timestamp) -> Int64 {
        let (quotient, remainder) = time.milliseconds.quotientAndRemainder(dividingBy: 1_000)
        return remainder < 0 ? quotient - 1 : quotient
    }

    private static func text(_ value: Value) -> String {
        switch value {
        case .bool(let bool): bool ? "true" : "false"
        case .instant(let time, _): TimeText.text(time)
        case .duration(let span): TimeText.text(duration: span)
        default: value.description
        }
    }
}
