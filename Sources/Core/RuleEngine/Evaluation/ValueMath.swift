internal import Primitives
internal import RuleLanguage

/// Comparison and arithmetic between values whose types were checked.
///
/// Whatever cannot be computed exactly is unknown, with its cause; nothing traps.
enum ValueMath {
    static func compare(_ symbol: BinaryOperator, _ left: Value, _ right: Value) -> Value {
        if left.cause != nil { return left }
        if right.cause != nil { return right }
        switch symbol {
        case .equal: return equal(left, right)
        case .notEqual:
            guard case .bool(let bool) = equal(left, right) else { return equal(left, right) }
            return .bool(!bool)
        default: break
        }
        switch order(left, right) {
        case .failure(let failure): return .unknown(failure.cause)
        case .success(let order):
            switch symbol {
            case .less: return .bool(order < 0)
            case .lessOrEqual: return .bool(order <= 0)
            case .greater: return .bool(order > 0)
            default: return .bool(order >= 0)
            }
        }
    }

    /// Why two values have no order.
    struct Failure: Error {
        let cause: Cause
    }

    static func equal(_ left: Value, _ right: Value) -> Value {
        switch (left, right) {
        case (.text(let a), .text(let b)): .bool(Value.isSame(a, b))
        case (.id(let a), .id(let b)): .bool(a == b)
        case (.institution(let a), .institution(let b)): .bool(Value.isSame(a.name, b.name))
        case (.code(let systemA, let a), .code(let systemB, let b)):
            .bool(Value.isSame(a, b) && Value.isSame(systemA, systemB))
        case (.list(let a), .list(let b)): equal(a, b)
        default:
            switch order(left, right) {
            case .success(let order): .bool(order == 0)
            case .failure(let failure): .unknown(failure.cause)
            }
        }
    }

    private static func equal(_ left: [Value], _ right: [Value]) -> Value {
        guard left.count == right.count else { return .no }
        var cause: Cause?
        for (a, b) in zip(left, right) {
            switch equal(a, b) {
            case .bool(false): return .no
            case .unknown(let why): cause = cause ?? why
            default: break
            }
        }
        return cause.map { .unknown($0) } ?? .yes
    }

    /// Below zero, zero or above, as the left value is less than, equal to or more than the right.
    static func order(_ left: Value, _ right: Value) -> Result<Int, Failure> {
        switch (left, right) {
        case (.integer(let a), .integer(let b)): .success(sign(a, b))
        case (.date(let a), .date(let b)): .success(sign(Int64(a.number), Int64(b.number)))
        case (.instant(let a, _), .instant(let b, _)):
            .success(sign(a.milliseconds, b.milliseconds))
        case (.period(let a), .period(let b)): .success(sign(a, b))
        case (.duration(let a), .duration(let b)): .success(sign(a, b))
        case (.bool(let a), .bool(let b)): .success((a ? 1 : 0) - (b ? 1 : 0))
        case (.text(let a), .text(let b)): .success(order(a, b))
        case (.money(let a), .money(let b)):
            a.currency == b.currency
                ? .success(sign(a.minorUnits, b.minorUnits))
                : .failure(Failure(cause: .currencies(a.currency.code, b.currency.code)))
        case (.quantity(let a, let unitA), .quantity(let b, let unitB)):
            if let (x, y) = Units.align(a, unitA, b, unitB) {
                .success(ExactMath.compare(x, y))
            } else {
                .failure(Failure(cause: .units(unitA, unitB)))
            }
        default: numbers(left, right)
        }
    }

    private static func numbers(_ left: Value, _ right: Value) -> Result<Int, Failure> {
        if let a = left.decimal, let b = right.decimal { return .success(ExactMath.compare(a, b)) }
        guard let a = left.ratio, let b = right.ratio else {
            return .failure(Failure(cause: .bound("values of two types")))
        }
        guard let order = ExactMath.compare(a, b) else {
            return .failure(Failure(cause: .overflow("a comparison of quotients")))
        }
        return .success(order)
    }

    /// Texts by their bytes.
    private static func order(_ left: String, _ right: String) -> Int {
        if Value.isSame(left, right) { return 0 }
        return left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
    }

    private static func sign(_ left: Int64, _ right: Int64) -> Int {
        left < right ? -1 : left > right ? 1 : 0
    }

    static func contains(_ list: Value, _ value: Value) -> Value {
        if value.cause != nil { return value }
        guard case .list(let elements) = list else { return list }
        var cause: Cause?
        for element in elements {
            switch equal(element, value) {
            case .bool(true): return .yes
            case .unknown(let why): cause = cause ?? why
            default: break
            }
        }
        return cause.map { .unknown($0) } ?? .no
    }

    static func element(_ list: Value, _ index: Value) -> Value {
        guard case .list(let elements) = list else { return list }
        guard case .integer(let place) = index else { return index }
        guard place >= 0, place < Int64(elements.count) else {
            return .unknown(.index(place, count: elements.count))
        }
        return elements[Int(place)]
    }
}

extension Value {
    /// An int or decimal as a decimal.
    var decimal: ExactDecimal? {
        switch self {
        case .integer(let integer): ExactDecimal(integer)
        case .decimal(let decimal): decimal
        default: nil
        }
    }

    /// A number of any kind as a quotient.
    var ratio: Ratio? {
        if case .ratio(let ratio) = self { return ratio }
        return decimal.flatMap { Ratio($0, over: ExactDecimal(1)) }
    }
}
