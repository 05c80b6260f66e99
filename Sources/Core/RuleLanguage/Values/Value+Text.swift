internal import Primitives

extension Value: CustomStringConvertible {
    /// The value in words that a reader of a finding understands.
    public var description: String {
        switch self {
        case .bool(let bool): bool ? "yes" : "no"
        case .integer(let integer): String(integer)
        case .decimal(let decimal): decimal.description
        case .ratio(let ratio): ratio.description
        case .money(let amount): amount.description
        case .quantity(let number, let unit): unit == "1" ? "\(number)" : "\(number) \(unit)"
        case .text(let text): text
        case .code(let system, let code): "\(system)|\(code)"
        case .date(let day): day.description
        case .instant(let time, _): time.description
        case .period(let days): days == 1 || days == -1 ? "\(days) day" : "\(days) days"
        case .duration(let milliseconds): Value.clock(milliseconds)
        case .id(let id): id.description
        case .institution(let id): id.name
        case .list(let values): values.map(\.description).joined(separator: ", ")
        case .unknown(let cause): "unknown (\(cause))"
        }
    }

    /// The value as it is written in rule source.
    public var source: String {
        switch self {
        case .bool(let bool): bool ? "true" : "false"
        case .integer(let integer): String(integer)
        case .decimal(let decimal): "decimal('\(decimal)')"
        case .text(let text): Value.quoted(text)
        case .date(let day): "date('\(day)')"
        case .instant(let time, _): "timestamp('\(time)')"
        case .period(let days): "\(days)d"
        case .duration(let milliseconds): Value.clockSource(milliseconds)
        default: description
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "'"
        for scalar in text.unicodeScalars {
            switch scalar {
            case "'": quoted += "\\'"
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "'"
    }

    private static func clockSource(_ milliseconds: Int64) -> String {
        let units: [(Int64, String)] = [(3_600_000, "h"), (60_000, "min"), (1_000, "s")]
        for (size, name) in units where milliseconds % size == 0 {
            return "\(milliseconds / size)\(name)"
        }
        return "\(milliseconds)ms"
    }

    private static func clock(_ milliseconds: Int64) -> String {
        let units: [(UInt64, String)] = [
            (86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1_000, "s"), (1, "ms"),
        ]
        var rest = milliseconds.magnitude
        var parts: [String] = []
        for (size, name) in units where rest >= size {
            parts.append("\(rest / size) \(name)")
            rest %= size
        }
        let text = parts.isEmpty ? "0 s" : parts.joined(separator: " ")
        return milliseconds < 0 ? "-\(text)" : text
    }
}

extension Ratio: CustomStringConvertible {
    /// The quotient as a decimal, rounded half to even at three digits.
    public var description: String {
        guard let rounded = ExactMath.divide(numerator, by: denominator, scale: 3) else {
            return "\(numerator) / \(denominator)"
        }
        return rounded.description
    }
}
