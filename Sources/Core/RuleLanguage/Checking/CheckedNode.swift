/// One step of a checked expression: every name is a number, every type is known.
///
/// Children are named by their index among the nodes of the rule, and stand before their parent.
public struct CheckedNode: Sendable {
    public let operation: Operation
    public let type: RuleType
    public let position: SourcePosition

    public enum Operation: Sendable {
        case constant(Value)
        /// A field of a row: depth 0 is the judged row, above that the rows of loops over windows.
        case field(depth: Int, number: Int, name: String, kind: Int)
        /// The variable of a comprehension, or a name that was bound from outside.
        case local(Int)
        /// A value that the rule named; it is computed once for each judged row.
        case binding(Int)
        case not(Int)
        case negate(Int)
        case and(Int, Int)
        case or(Int, Int)
        case conditional(Int, Int, Int)
        case compare(BinaryOperator, Int, Int)
        case arithmetic(BinaryOperator, Int, Int)
        case element(Int, Int)
        case contains(list: Int, value: Int)
        case list([Int])
        case function(Function, [Int])
        /// Text that is matched against a pattern known beforehand.
        case matches(Int, pattern: Int)
        case comprehension(Comprehension, list: Int, local: Int, body: Int)
        case aggregate(Aggregate, window: Int, depth: Int, body: Int?)
        /// The same over several windows at once, each of which has rows of another kind.
        case together(Aggregate, windows: [Int], depth: Int, body: Int?)
        /// What the node for the kind of the row at the depth gives.
        case byKind(depth: Int, kinds: [Int], nodes: [Int])
        /// Whether the row at the depth is a fact of a reasoning rule.
        case derives(depth: Int, derivation: Int)
        /// A value that a reasoning rule gives the row at the depth.
        case given(depth: Int, derivation: Int, value: Int)
        case lookUp(table: Int, column: Int, keys: [Int], day: Int?)
        case isListed(table: Int, keys: [Int], day: Int?)
        /// Whether a value is known at all.
        case known(Int)
        /// Whether both are known and equal, or both unknown.
        case same(Int, Int)
        /// The first, or the second where the first is unknown.
        case otherwise(Int, Int)
    }
}

/// What can be asked of the rows of a window.
public enum Aggregate: UInt8, Sendable, CaseIterable {
    case count = 1
    case any = 2
    case none = 3
    case all = 4
    case sum = 5
    case min = 6
    case max = 7
    case distinct = 8
    case first = 9
    case last = 10
    /// How many civil days the stretches of the rows cover together.
    case days = 11
    /// The mean: a quotient of numbers, or money rounded half to even.
    case avg = 12
    /// The smallest value that a share of the rows does not exceed; the body is a list of the
    /// value and the percent.
    case quantile = 13
    /// The sum of the squared shares of each value, in parts per million.
    case concentration = 14
    /// How many values stand in rows with at least so many different values of something else;
    /// the body is a list of the value, the something else, and the number.
    case recurring = 15

    /// The name by which it is called.
    public var name: String { "\(self)" }

    /// The aggregate that is called by this name; CEL's `exists` and `size` are understood.
    public init?(name: String) {
        switch name {
        case "exists": self = .any
        case "size": self = .count
        default:
            guard let found = Aggregate.allCases.first(where: { $0.name == name }) else {
                return nil
            }
            self = found
        }
    }
}

/// A function that needs only its arguments.
public enum Function: Sendable, Hashable {
    case size
    case startsWith
    case endsWith
    case containsText
    case concatenateText
    case concatenateList
    case toInteger
    case toText
    case toBool
    case toDecimal
    case toInstant
    case toDuration
    /// The civil day of a point in time.
    case toDate
    /// The first moment of a day, in UTC.
    case startOfDay
    case codeSystem
    case codeText
    case unitOf
    /// The three letters of the currency of an amount.
    case currencyOf
    /// The number of a quantity in a unit.
    case numberIn
    case ratio
    /// A quotient rounded half to even at a stated scale.
    case divide
    case round
    case absolute
    case smaller
    case larger
    case age
    case daysOf
    case hoursOf
    case minutesOf
    case secondsOf
    case millisecondsOf
    case part(TimePart)
    /// A number of civil days as a period.
    case period
}

/// A part of a date or time, as CEL's getters give it.
public enum TimePart: UInt8, Sendable, CaseIterable {
    case fullYear = 1
    case month = 2
    case dayOfMonthFromZero = 3
    case dayOfMonth = 4
    case dayOfWeek = 5
    case dayOfYear = 6
    case hours = 7
    case minutes = 8
    case seconds = 9
    case milliseconds = 10

    /// The name of CEL's getter.
    public var name: String {
        switch self {
        case .fullYear: "getFullYear"
        case .month: "getMonth"
        case .dayOfMonthFromZero: "getDayOfMonth"
        case .dayOfMonth: "getDate"
        case .dayOfWeek: "getDayOfWeek"
        case .dayOfYear: "getDayOfYear"
        case .hours: "getHours"
        case .minutes: "getMinutes"
        case .seconds: "getSeconds"
        case .milliseconds: "getMilliseconds"
        }
    }
}
