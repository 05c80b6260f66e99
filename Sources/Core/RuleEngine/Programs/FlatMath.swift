internal import Primitives
internal import RuleLanguage

/// Arithmetic over flat values; what ``ValueMath`` would call unknown is left to it.
enum FlatMath {
    private static let tens: [Int64] = (0..<19).map { exponent in
        (0..<exponent).reduce(1) { power, _ in power * 10 }
    }

    static func combine(
        _ sum: Step.Sum, _ symbol: BinaryOperator, _ a: Flat, _ b: Flat
    ) -> Flat {
        switch sum {
        case .integers: return words(symbol, a.first, b.first)
        case .periods:
            return symbol == .multiply
                ? words(.multiply, a.first, b.first) : words(symbol, a.first, b.first)
        case .decimals: return decimals(symbol, a, b)
        case .money:
            guard a.second == b.second else { return .open }
            let result = words(symbol, a.first, b.first)
            return result.isKnown ? Flat(result.first, a.second) : result
        case .moneyTimes:
            let result = words(.multiply, a.first, b.first)
            return result.isKnown ? Flat(result.first, a.second) : result
        case .durations:
            let result = words(symbol, a.first, b.first)
            guard result.isKnown, case .duration = TimeMath.duration(result.first) else {
                return .open
            }
            return result
        case .days: return words(.subtract, a.first, b.first)
        case .dates:
            let result = words(symbol, a.first, b.first)
            return result.isKnown && Int32(exactly: result.first) != nil ? result : .open
        case .spans, .instants, .instantsPeriod: return instants(sum, symbol, a, b)
        }
    }

    private static func instants(
        _ sum: Step.Sum, _ symbol: BinaryOperator, _ a: Flat, _ b: Flat
    ) -> Flat {
        let left = Value.instant(
            Timestamp(milliseconds: a.first), zoneMinutes: Int16(truncatingIfNeeded: a.second))
        let right: Value =
            switch sum {
            case .spans:
                .instant(
                    Timestamp(milliseconds: b.first),
                    zoneMinutes: Int16(truncatingIfNeeded: b.second))
            case .instants: .duration(milliseconds: b.first)
            default: .period(days: b.first)
            }
        switch ValueMath.arithmetic(symbol, left, right) {
        case .instant(let time, let zone): return Flat(time.milliseconds, Int64(zone))
        case .duration(let span): return Flat(span)
        default: return .open
        }
    }

    private static func words(_ symbol: BinaryOperator, _ a: Int64, _ b: Int64) -> Flat {
        let result: (partialValue: Int64, overflow: Bool)
        switch symbol {
        case .add: result = a.addingReportingOverflow(b)
        case .subtract: result = a.subtractingReportingOverflow(b)
        case .multiply: result = a.multipliedReportingOverflow(by: b)
        case .divide where b != 0: result = a.dividedReportingOverflow(by: b)
        case .remainder where b != 0: result = a.remainderReportingOverflow(dividingBy: b)
        default: return .open
        }
        return result.overflow ? .open : Flat(result.partialValue)
    }

    private static func decimals(_ symbol: BinaryOperator, _ a: Flat, _ b: Flat) -> Flat {
        guard let left = a.decimal, let right = b.decimal else { return .open }
        let result: ExactDecimal? =
            switch symbol {
            case .add: ExactMath.add(left, right)
            case .subtract: ExactMath.subtract(left, right)
            case .multiply: ExactMath.multiply(left, right)
            default: nil
            }
        return result.map { Flat($0.coefficient, Int64($0.scale)) } ?? .open
    }

    static func divide(_ a: Flat, _ b: Flat, _ digits: UInt8) -> Flat {
        guard let left = a.decimal, let right = b.decimal, right.coefficient != 0,
            let quotient = ExactMath.divide(left, by: right, scale: digits)
        else { return .open }
        return Flat(quotient.coefficient, Int64(quotient.scale))
    }

    /// Below zero, zero or above, as the left number is less than, equal to or more than the right.
    static func order(_ a: Flat, _ b: Flat) -> Int64? {
        if a.second == b.second { return a.first < b.first ? -1 : a.first > b.first ? 1 : 0 }
        // Mostly the one with fewer digits can be given as many as the other.
        let (isLess, missing) = (a.second < b.second, abs(a.second - b.second))
        if missing < tens.count {
            let (grown, overflow) = (isLess ? a : b).first
                .multipliedReportingOverflow(by: tens[Int(missing)])
            if !overflow {
                return isLess
                    ? sign(Flat(grown), Flat(b.first)) : sign(Flat(a.first), Flat(grown))
            }
        }
        guard let left = a.decimal, let right = b.decimal else { return nil }
        return Int64(ExactMath.compare(left, right))
    }

    /// A quotient, or nil where it is not known or has no positive denominator.
    static func quotient(_ a: Flat, _ b: Flat) -> Ratio? {
        guard a.isKnown, b.isKnown, let left = a.decimal, let right = b.decimal else {
            return nil
        }
        return Ratio(left, over: right)
    }

    static func call(_ function: Function, _ a: Flat, _ b: Flat) -> Flat {
        switch function {
        case .toDate:
            let zone = Int16(truncatingIfNeeded: a.second)
            let day = Value.day(of: Timestamp(milliseconds: a.first), zoneMinutes: zone)
            return Flat(Int64(day.number))
        case .startOfDay: return Flat(a.first * 86_400_000)
        case .daysOf: return Flat(a.first / 86_400_000)
        case .hoursOf: return Flat(a.first / 3_600_000)
        case .minutesOf: return Flat(a.first / 60_000)
        case .absolute: return a.first == .min ? .open : Flat(abs(a.first))
        case .smaller: return a.first <= b.first ? a : b
        case .larger: return a.first >= b.first ? a : b
        case .toInteger:
            var whole = a.first
            for _ in 0..<max(0, a.second) { whole /= 10 }
            return Flat(whole)
        case .age:
            guard case .integer(let years) = TimeMath.age(day(a), day(b)) else { return .open }
            return Flat(years)
        case .part(let part):
            guard case .integer(let number) = TimeMath.part(part, .date(day(a)), zoneMinutes: 0)
            else { return .open }
            return Flat(number)
        default: return .open
        }
    }

    private static func day(_ flat: Flat) -> Day {
        Day(number: Int32(truncatingIfNeeded: flat.first))
    }
}

extension Flat {
    var decimal: ExactDecimal? {
        UInt8(exactly: second).flatMap { ExactDecimal(coefficient: first, scale: $0) }
    }
}
