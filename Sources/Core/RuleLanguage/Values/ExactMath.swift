public import Primitives

/// Arithmetic on decimals that is exact or says that it cannot be; never rounds unasked.
///
/// Intermediate results have 128 bits; nil means that the result does not fit into 64.
public enum ExactMath {
    public static func add(_ left: ExactDecimal, _ right: ExactDecimal) -> ExactDecimal? {
        let scale = max(left.scale, right.scale)
        guard let a = scaled(left, to: scale), let b = scaled(right, to: scale) else {
            return nil
        }
        return reduced(a + b, scale: Int(scale))
    }

    public static func negate(_ decimal: ExactDecimal) -> ExactDecimal? {
        guard decimal.coefficient != .min else { return nil }
        return ExactDecimal(coefficient: -decimal.coefficient, scale: decimal.scale)
    }

    public static func subtract(_ left: ExactDecimal, _ right: ExactDecimal) -> ExactDecimal? {
        let scale = max(left.scale, right.scale)
        guard let a = scaled(left, to: scale), let b = scaled(right, to: scale) else {
            return nil
        }
        return reduced(a - b, scale: Int(scale))
    }

    public static func multiply(_ left: ExactDecimal, _ right: ExactDecimal) -> ExactDecimal? {
        reduced(
            Int128(left.coefficient) * Int128(right.coefficient),
            scale: Int(left.scale) + Int(right.scale))
    }

    /// The quotient with `scale` digits after the point, half rounded to even.
    ///
    /// - Returns: nil where the divisor is zero or the result does not fit.
    public static func divide(
        _ left: ExactDecimal, by right: ExactDecimal, scale: UInt8
    ) -> ExactDecimal? {
        guard right.coefficient != 0 else { return nil }
        var numerator = Int128(left.coefficient)
        var denominator = Int128(right.coefficient)
        let shift = Int(scale) + Int(right.scale) - Int(left.scale)
        if shift >= 0 {
            guard let shifted = times(numerator, powerOfTen: shift) else { return nil }
            numerator = shifted
        } else {
            guard let shifted = times(denominator, powerOfTen: -shift) else { return nil }
            denominator = shifted
        }
        return reduced(roundedQuotient(numerator, denominator), scale: Int(scale))
    }

    /// The decimal with at most `scale` digits after the point, half rounded to even.
    public static func round(_ decimal: ExactDecimal, scale: UInt8) -> ExactDecimal? {
        divide(decimal, by: ExactDecimal(1), scale: scale)
    }

    /// Less than zero, zero or more, as `left` is less than, equal to or more than `right`.
    public static func compare(_ left: ExactDecimal, _ right: ExactDecimal) -> Int {
        if left.scale == right.scale { return sign(left.coefficient, right.coefficient) }
        let scale = max(left.scale, right.scale)
        // A coefficient of 63 bits times 10^18 fits into 128 bits.
        let a = Int128(left.coefficient) * power(Int(scale - left.scale))
        let b = Int128(right.coefficient) * power(Int(scale - right.scale))
        return a < b ? -1 : a > b ? 1 : 0
    }

    /// Compares two quotients by multiplying crosswise; nil where that needs over 128 bits.
    public static func compare(_ left: Ratio, _ right: Ratio) -> Int? {
        let a = Int128(left.numerator.coefficient) * Int128(right.denominator.coefficient)
        let b = Int128(right.numerator.coefficient) * Int128(left.denominator.coefficient)
        let scaleA = Int(left.numerator.scale) + Int(right.denominator.scale)
        let scaleB = Int(right.numerator.scale) + Int(left.denominator.scale)
        let common = max(scaleA, scaleB)
        guard let x = times(a, powerOfTen: common - scaleA),
            let y = times(b, powerOfTen: common - scaleB)
        else { return nil }
        return x < y ? -1 : x > y ? 1 : 0
    }

    /// The quotient of integers, half rounded to even.
    static func roundedQuotient(_ numerator: Int128, _ denominator: Int128) -> Int128 {
        let (quotient, remainder) = numerator.quotientAndRemainder(dividingBy: denominator)
        let twice = remainder.magnitude &* 2
        let away = (numerator < 0) == (denominator < 0) ? Int128(1) : -1
        if twice > denominator.magnitude { return quotient + away }
        if twice == denominator.magnitude, quotient & 1 == 1 { return quotient + away }
        return quotient
    }

    private static func sign(_ left: Int64, _ right: Int64) -> Int {
        left < right ? -1 : left > right ? 1 : 0
    }

    private static func scaled(_ decimal: ExactDecimal, to scale: UInt8) -> Int128? {
        Int128(decimal.coefficient) * power(Int(scale - decimal.scale))
    }

    private static func power(_ exponent: Int) -> Int128 {
        var power: Int128 = 1
        for _ in 0..<exponent { power *= 10 }
        return power
    }

    private static func times(_ number: Int128, powerOfTen exponent: Int) -> Int128? {
        var number = number
        for _ in 0..<exponent {
            let (product, overflow) = number.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            number = product
        }
        return number
    }

    private static func reduced(_ coefficient: Int128, scale: Int) -> ExactDecimal? {
        var coefficient = coefficient
        var scale = scale
        while scale > 0, coefficient % 10 == 0 {
            coefficient /= 10
            scale -= 1
        }
        guard scale <= Int(ExactDecimal.scaleMax), let fitting = Int64(exactly: coefficient)
        else { return nil }
        return ExactDecimal(coefficient: fitting, scale: UInt8(scale))
    }
}
