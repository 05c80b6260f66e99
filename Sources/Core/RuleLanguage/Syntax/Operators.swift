/// An operator with one operand; the raw value stands in canonical rules.
public enum UnaryOperator: UInt8, Sendable, CaseIterable {
    case not = 1
    case negate = 2

    /// The operator as it is written.
    public var symbol: String { self == .not ? "!" : "-" }
}

/// An operator between two operands; the raw value stands in canonical rules.
public enum BinaryOperator: UInt8, Sendable, CaseIterable {
    case or = 1
    case and = 2
    case equal = 3
    case notEqual = 4
    case less = 5
    case lessOrEqual = 6
    case greater = 7
    case greaterOrEqual = 8
    case within = 9
    case add = 10
    case subtract = 11
    case multiply = 12
    case divide = 13
    case remainder = 14

    /// The operator as it is written.
    public var symbol: String {
        switch self {
        case .or: "||"
        case .and: "&&"
        case .equal: "=="
        case .notEqual: "!="
        case .less: "<"
        case .lessOrEqual: "<="
        case .greater: ">"
        case .greaterOrEqual: ">="
        case .within: "in"
        case .add: "+"
        case .subtract: "-"
        case .multiply: "*"
        case .divide: "/"
        case .remainder: "%"
        }
    }

    /// How tightly the operator binds, from 1; equal ones associate to the left.
    public var precedence: Int {
        switch self {
        case .or: 1
        case .and: 2
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .within: 3
        case .add, .subtract: 4
        case .multiply, .divide, .remainder: 5
        }
    }
}

/// A loop over a list that CEL writes as a macro; the raw value stands in canonical rules.
public enum Comprehension: UInt8, Sendable, CaseIterable {
    case all = 1
    case exists = 2
    case existsOne = 3
    case map = 4
    case filter = 5

    /// The name by which it is called.
    public var name: String {
        switch self {
        case .all: "all"
        case .exists: "exists"
        case .existsOne: "exists_one"
        case .map: "map"
        case .filter: "filter"
        }
    }

    /// The loop that is called by this name.
    public init?(name: String) {
        guard let found = Comprehension.allCases.first(where: { $0.name == name }) else {
            return nil
        }
        self = found
    }
}
