internal import Primitives
internal import RuleLanguage

/// What is known of units: the prefixes of gram and litre, and that counted things have none.
///
/// Source: The Unified Code for Units of Measure (UCUM).
enum Units {
    /// The unit without its prefix, and the power of ten that the prefix stands for.
    private static let scales: [(unit: String, base: String, power: Int)] = [
        ("kg", "g", 3), ("g", "g", 0), ("mg", "g", -3), ("ug", "g", -6), ("mcg", "g", -6),
        ("ng", "g", -9), ("L", "L", 0), ("l", "L", 0), ("dL", "L", -1), ("mL", "L", -3),
        ("ml", "L", -3), ("uL", "L", -6),
    ]

    /// Whether the unit only says what was counted: none, `1`, or a name in braces.
    static func isCount(_ unit: String) -> Bool {
        unit.isEmpty || unit == "1" || (unit.hasPrefix("{") && unit.hasSuffix("}"))
    }

    /// Both numbers in one unit, or nil where the units do not fit.
    static func align(
        _ left: ExactDecimal, _ leftUnit: String, _ right: ExactDecimal, _ rightUnit: String
    ) -> (ExactDecimal, ExactDecimal)? {
        if Value.isSame(leftUnit, rightUnit) { return (left, right) }
        if isCount(leftUnit), isCount(rightUnit),
            leftUnit.utf8.count < 2 || rightUnit.utf8.count < 2
        {
            return (left, right)
        }
        guard let a = scale(leftUnit), let b = scale(rightUnit), a.base == b.base else {
            return nil
        }
        let least = min(a.power, b.power)
        guard let x = shift(left, a.power - least), let y = shift(right, b.power - least) else {
            return nil
        }
        return (x, y)
    }

    /// The unit that aligned numbers have: the smaller of the two.
    static func base(_ left: String, _ right: String) -> String {
        guard let a = scale(left), let b = scale(right) else {
            return isCount(left) && left.utf8.count < 2 ? right : left
        }
        return a.power <= b.power ? left : right
    }

    /// The unit of a product; a unit below a stroke is cancelled by its like.
    static func product(_ left: String, _ right: String) -> String {
        if let rest = cancel(left, right) ?? cancel(right, left) { return rest }
        if isCount(left) { return isCount(right) ? "1" : right }
        return isCount(right) ? left : "\(left).\(right)"
    }

    /// The number in another unit, or nil where the units do not fit.
    static func convert(
        _ number: ExactDecimal, from unit: String, to other: String
    )
        -> ExactDecimal?
    {
        if Value.isSame(unit, other) { return number }
        if isCount(unit), isCount(other) { return number }
        guard let a = scale(unit), let b = scale(other), a.base == b.base else { return nil }
        return shift(number, a.power - b.power)
    }

    private static func cancel(_ unit: String, _ quotient: String) -> String? {
        let parts = quotient.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, Value.isSame(String(parts[1]), unit) else { return nil }
        return String(parts[0])
    }

    private static func scale(_ unit: String) -> (base: String, power: Int)? {
        scales.first { $0.unit == unit }.map { ($0.base, $0.power) }
    }

    private static func shift(_ number: ExactDecimal, _ power: Int) -> ExactDecimal? {
        guard power < 0 else {
            guard let factor = ExactDecimal("1e\(power)") else { return nil }
            return ExactMath.multiply(number, factor)
        }
        guard let factor = ExactDecimal(coefficient: 1, scale: UInt8(-power)) else { return nil }
        return ExactMath.multiply(number, factor)
    }
}
