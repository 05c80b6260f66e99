internal import Primitives
internal import RuleLanguage

extension ValueMath {
    static func arithmetic(_ symbol: BinaryOperator, _ left: Value, _ right: Value) -> Value {
        if left.cause != nil { return left }
        if right.cause != nil { return right }
        switch (left, right) {
        case (.integer(let a), .integer(let b)): return integers(symbol, a, b)
        case (.money(let a), .money(let b)): return amounts(symbol, a, b)
        case (.money(let a), .integer(let b)), (.integer(let b), .money(let a)):
            return fitting(a.minorUnits.multipliedReportingOverflow(by: b), "an amount") {
                .money(Amount(minorUnits: $0, currency: a.currency))
            }
        case (.quantity(let a, let unitA), .quantity(let b, let unitB)):
            return quantities(symbol, (a, unitA), (b, unitB))
        case (.quantity(let a, let unit), let other), (let other, .quantity(let a, let unit)):
            guard let b = other.decimal, let product = ExactMath.multiply(a, b) else {
                return .unknown(.overflow("a quantity"))
            }
            return .quantity(product, unit: unit)
        case (.period, _), (.duration, _), (.date, _), (.instant, _), (_, .period),
            (_, .duration):
            return times(symbol, left, right)
        default: break
        }
        guard let a = left.decimal, let b = right.decimal else {
            return .unknown(.bound("values of two types"))
        }
        return decimals(symbol, a, b)
    }

    static func negate(_ value: Value) -> Value {
        switch value {
        case .decimal(let decimal):
            return ExactMath.negate(decimal).map { .decimal($0) }
                ?? .unknown(.overflow("a decimal"))
        case .quantity(let number, let unit):
            return ExactMath.negate(number).map { .quantity($0, unit: unit) }
                ?? .unknown(.overflow("a quantity"))
        case .integer, .money, .period, .duration:
            return arithmetic(.multiply, value, .integer(-1))
        default: return value
        }
    }

    private static func integers(_ symbol: BinaryOperator, _ a: Int64, _ b: Int64) -> Value {
        let result: (partialValue: Int64, overflow: Bool)
        switch symbol {
        case .add: result = a.addingReportingOverflow(b)
        case .subtract: result = a.subtractingReportingOverflow(b)
        case .multiply: result = a.multipliedReportingOverflow(by: b)
        default:
            guard b != 0 else { return .unknown(.divisionByZero) }
            result =
                symbol == .divide
                ? a.dividedReportingOverflow(by: b) : a.remainderReportingOverflow(dividingBy: b)
        }
        return fitting(result, "a whole number") { .integer($0) }
    }

    private static func decimals(
        _ symbol: BinaryOperator, _ a: ExactDecimal, _ b: ExactDecimal
    ) -> Value {
        switch symbol {
        case .add: return decimal(ExactMath.add(a, b))
        case .subtract: return decimal(ExactMath.subtract(a, b))
        case .multiply: return decimal(ExactMath.multiply(a, b))
        default: return ratio(a, b)
        }
    }

    private static func decimal(_ result: ExactDecimal?) -> Value {
        result.map { .decimal($0) } ?? .unknown(.overflow("a decimal"))
    }

    /// An exact quotient; the sign stands in the numerator.
    static func ratio(_ a: ExactDecimal, _ b: ExactDecimal) -> Value {
        guard b.coefficient != 0 else { return .unknown(.divisionByZero) }
        if let ratio = Ratio(a, over: b) { return .ratio(ratio) }
        guard let numerator = ExactMath.negate(a), let denominator = ExactMath.negate(b),
            let ratio = Ratio(numerator, over: denominator)
        else { return .unknown(.overflow("a quotient")) }
        return .ratio(ratio)
    }

    private static func amounts(_ symbol: BinaryOperator, _ a: Amount, _ b: Amount) -> Value {
        guard a.currency == b.currency else {
            return .unknown(.currencies(a.currency.code, b.currency.code))
        }
        switch symbol {
        case .divide: return ratio(ExactDecimal(a.minorUnits), ExactDecimal(b.minorUnits))
        case .add:
            return fitting(a.minorUnits.addingReportingOverflow(b.minorUnits), "an amount") {
                .money(Amount(minorUnits: $0, currency: a.currency))
            }
        default:
            return fitting(a.minorUnits.subtractingReportingOverflow(b.minorUnits), "an amount") {
                .money(Amount(minorUnits: $0, currency: a.currency))
            }
        }
    }

    private static func quantities(
        _ symbol: BinaryOperator, _ a: (number: ExactDecimal, unit: String),
        _ b: (number: ExactDecimal, unit: String)
    ) -> Value {
        if symbol == .multiply {
            guard let product = ExactMath.multiply(a.number, b.number) else {
                return .unknown(.overflow("a quantity"))
            }
            return .quantity(product, unit: Units.product(a.unit, b.unit))
        }
        guard let (x, y) = Units.align(a.number, a.unit, b.number, b.unit) else {
            return .unknown(.units(a.unit, b.unit))
        }
        if symbol == .divide { return ratio(x, y) }
        let result = symbol == .add ? ExactMath.add(x, y) : ExactMath.subtract(x, y)
        guard let result else { return .unknown(.overflow("a quantity")) }
        return .quantity(result, unit: Units.base(a.unit, b.unit))
    }

    private static func times(
        _ symbol: BinaryOperator, _ left: Value, _ right: Value
    ) -> Value {
        switch (left, right) {
        case (.period(let a), .period(let b)):
            return fitting(sum(symbol, a, b), "a period") { .period(days: $0) }
        case (.duration(let a), .duration(let b)):
            return duration(sum(symbol, a, b))
        case (.period(let a), .integer(let b)), (.integer(let b), .period(let a)):
            return fitting(a.multipliedReportingOverflow(by: b), "a period") { .period(days: $0) }
        case (.duration(let a), .integer(let b)), (.integer(let b), .duration(let a)):
            return duration(a.multipliedReportingOverflow(by: b))
        case (.date(let a), .date(let b)):
            return .period(days: Int64(a.number) - Int64(b.number))
        case (.instant(let a, _), .instant(let b, _)):
            let span = a.milliseconds.subtractingReportingOverflow(b.milliseconds)
            // CEL counts such a difference in nanoseconds of 64 bits, which is 292 years.
            let isTooLong = span.partialValue.magnitude > UInt64(Int64.max) / 1_000_000
            return duration((span.partialValue, span.overflow || isTooLong))
        case (.date(let day), .period(let days)), (.period(let days), .date(let day)):
            let (number, overflow) = sum(symbol, Int64(day.number), days)
            guard !overflow, let number = Int32(exactly: number) else {
                return .unknown(.overflow("a date"))
            }
            return .date(Day(number: number))
        case (.instant(let time, let zone), .duration(let span)),
            (.duration(let span), .instant(let time, let zone)):
            return TimeMath.instant(sum(symbol, time.milliseconds, span), zone)
        case (.instant(let time, let zone), .period(let days)),
            (.period(let days), .instant(let time, let zone)):
            let (span, overflow) = days.multipliedReportingOverflow(by: 86_400_000)
            guard !overflow else { return .unknown(.overflow("an instant")) }
            return TimeMath.instant(sum(symbol, time.milliseconds, span), zone)
        default: return .unknown(.bound("values of two types"))
        }
    }

    private static func sum(
        _ symbol: BinaryOperator, _ a: Int64, _ b: Int64
    ) -> (partialValue: Int64, overflow: Bool) {
        symbol == .add ? a.addingReportingOverflow(b) : a.subtractingReportingOverflow(b)
    }

    private static func duration(_ result: (partialValue: Int64, overflow: Bool)) -> Value {
        result.overflow ? .unknown(.overflow("a duration")) : TimeMath.duration(result.partialValue)
    }

    private static func fitting(
        _ result: (partialValue: Int64, overflow: Bool), _ what: String, _ make: (Int64) -> Value
    ) -> Value {
        result.overflow ? .unknown(.overflow(what)) : make(result.partialValue)
    }
}
