/// Why a text is no pattern.
public enum PatternError: Error, Sendable, Hashable {
    case syntax(String, at: Int)
    case tooLarge(limit: Int)
}

extension PatternError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .syntax(let what, let place): "the pattern has \(what) at character \(place + 1)"
        case .tooLarge(let limit): "the pattern needs more than \(limit) states"
        }
    }
}

/// What a pattern says, before it is laid out as states.
indirect enum PatternTree {
    case empty
    case one(ScalarSet)
    case start
    case end
    case sequence([PatternTree])
    case choice(PatternTree, PatternTree)
    case repeated(PatternTree, Int, Int?)
}

/// A set of characters, as ranges of their numbers.
struct ScalarSet: Sendable {
    var ranges: [ClosedRange<UInt32>]
    var isNegated = false

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        ranges.contains { $0.contains(scalar.value) } != isNegated
    }

    static let any = ScalarSet(ranges: [10...10], isNegated: true)
    static let digit = [UInt32(48)...57]
    static let word: [ClosedRange<UInt32>] = [48...57, 65...90, 95...95, 97...122]
    static let space: [ClosedRange<UInt32>] = [9...10, 12...13, 32...32]

    static func one(_ scalar: Unicode.Scalar) -> ScalarSet {
        ScalarSet(ranges: [scalar.value...scalar.value])
    }
}

/// Reads a pattern from left to right.
struct PatternParser {
    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var depth = 0

    init(_ source: String) {
        scalars = Array(source.unicodeScalars)
    }

    mutating func parse() throws(PatternError) -> PatternTree {
        let tree = try choice()
        guard position == scalars.count else { throw syntax("a ')' too many") }
        return tree
    }

    private var next: Unicode.Scalar? {
        position < scalars.count ? scalars[position] : nil
    }

    private func syntax(_ what: String) -> PatternError { .syntax(what, at: position) }

    private mutating func choice() throws(PatternError) -> PatternTree {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 32 else { throw syntax("groups nested too deeply") }
        let left = try sequence()
        guard next == "|" else { return left }
        position += 1
        return .choice(left, try choice())
    }

    private mutating func sequence() throws(PatternError) -> PatternTree {
        var parts: [PatternTree] = []
        while let scalar = next, scalar != "|", scalar != ")" { parts.append(try repeated()) }
        return parts.isEmpty ? .empty : .sequence(parts)
    }

    private mutating func repeated() throws(PatternError) -> PatternTree {
        var part = try atom()
        while let scalar = next {
            switch scalar {
            case "*": part = .repeated(part, 0, nil)
            case "+": part = .repeated(part, 1, nil)
            case "?": part = .repeated(part, 0, 1)
            case "{":
                part = try counted(part)
                continue
            default: return part
            }
            position += 1
            if next == "?" { position += 1 }
        }
        return part
    }

    private mutating func counted(_ part: PatternTree) throws(PatternError) -> PatternTree {
        position += 1
        guard let least = number() else { throw syntax("no number after '{'") }
        var most: Int? = least
        if next == "," {
            position += 1
            most = number()
        }
        guard next == "}" else { throw syntax("no '}' after a count") }
        position += 1
        if let most, most < least { throw syntax("a count that ends before it begins") }
        return .repeated(part, least, most)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let scalar = next, ScalarSet.digit[0].contains(scalar.value), (value ?? 0) < 100 {
            value = (value ?? 0) * 10 + Int(scalar.value - 48)
            position += 1
        }
        return value
    }

    private mutating func atom() throws(PatternError) -> PatternTree {
        guard let scalar = next else { return .empty }
        position += 1
        switch scalar {
        case ".": return .one(.any)
        case "^": return .start
        case "$": return .end
        case "(": return try group()
        case "[": return .one(try set())
        case "\\": return .one(try escape())
        case "*", "+", "?", "{":
            position -= 1
            throw syntax("nothing to repeat before '\(scalar)'")
        default: return .one(.one(scalar))
        }
    }

    private mutating func group() throws(PatternError) -> PatternTree {
        if next == "?" {
            position += 1
            guard next == ":" else { throw syntax("a kind of group that is not in the subset") }
            position += 1
        }
        let inner = try choice()
        guard next == ")" else { throw syntax("a '(' without its ')'") }
        position += 1
        return inner
    }

    private mutating func escape() throws(PatternError) -> ScalarSet {
        guard let scalar = next else { throw syntax("a '\\' at its end") }
        position += 1
        switch scalar {
        case "d": return ScalarSet(ranges: ScalarSet.digit)
        case "D": return ScalarSet(ranges: ScalarSet.digit, isNegated: true)
        case "w": return ScalarSet(ranges: ScalarSet.word)
        case "W": return ScalarSet(ranges: ScalarSet.word, isNegated: true)
        case "s": return ScalarSet(ranges: ScalarSet.space)
        case "S": return ScalarSet(ranges: ScalarSet.space, isNegated: true)
        case "n": return .one("\n")
        case "t": return .one("\t")
        case "r": return .one("\r")
        default:
            guard !scalar.properties.isAlphabetic, scalar.value > 57 || scalar.value < 48 else {
                position -= 1
                throw syntax("an escape '\\\(scalar)' that is not in the subset")
            }
            return .one(scalar)
        }
    }

    private mutating func set() throws(PatternError) -> ScalarSet {
        var set = ScalarSet(ranges: [])
        if next == "^" {
            set.isNegated = true
            position += 1
        }
        var isFirst = true
        while let scalar = next, scalar != "]" || isFirst {
            isFirst = false
            position += 1
            if scalar == "\\" {
                let escaped = try escape()
                guard !escaped.isNegated else { throw syntax("a negated class in a class") }
                set.ranges += escaped.ranges
                continue
            }
            guard next == "-", position + 1 < scalars.count, scalars[position + 1] != "]" else {
                set.ranges.append(scalar.value...scalar.value)
                continue
            }
            let last = scalars[position + 1]
            guard last.value >= scalar.value, last != "\\" else {
                throw syntax("a range that ends before it begins")
            }
            set.ranges.append(scalar.value...last.value)
            position += 2
        }
        guard next == "]" else { throw syntax("a '[' without its ']'") }
        position += 1
        return set
    }
}
