/// What is wrong with a rule, where, and what would be right there.
public struct RuleError: Error, Sendable, Hashable {
    public let position: SourcePosition
    public let problem: RuleProblem

    public init(_ problem: RuleProblem, at position: SourcePosition) {
        self.position = position
        self.problem = problem
    }
}

/// Everything that is wrong with a rule, in the order of its parts.
public struct RuleErrors: Error, Sendable, Hashable {
    public let errors: [RuleError]

    public init(_ errors: [RuleError]) {
        self.errors = errors
    }
}

/// What is wrong with a part of a rule.
public enum RuleProblem: Sendable, Hashable {
    case unknownName(String, nearest: String?, known: [String])
    /// A name of the rule's own that has its meaning further below.
    case laterName(String)
    /// A name of the rule's own whose meaning is wrong, which is told where it stands.
    case brokenName(String)
    case unknownKind(String, nearest: String?)
    case unknownField(kind: String, field: String, nearest: String?)
    /// A function that there is none of; `known` are those that could stand there.
    case unknownFunction(String, nearest: String?, known: [String])
    case unknownTable(String, nearest: String?)
    case unknownColumn(table: String, column: String, nearest: String?)
    case unknownType(String, nearest: String?)
    case wrongType(expected: String, found: String, place: String)
    case wrongOperands(String, left: String, right: String, advice: String)
    case wrongArguments(String, expected: String, found: String)
    case needsConstant(String)
    case keyUnclear(kind: String, type: String, fields: [String])
    case noTimes(kind: String)
    case onlyDays(kind: String, field: String)
    case nameTaken(String, by: String)
    case notHere(String, advice: String)
    case recursion([String])
    /// A circle of reasoning rules, each named, that goes through more than `any`.
    case unstratified([String])
    /// What is wrong with the reasoning rule of this name, and the position is in its file.
    indirect case reasoning(String, RuleProblem)
    /// What is wrong with the predicate of this name, and the position is in its file.
    indirect case predicate(String, RuleProblem)
    case tooLarge(String, limit: Int)
    case aggregateNeeded(String)
    case missing(String)
    case format(String)
}

extension RuleError {
    /// The error as one of the predicate of this name, unless it is already one of a predicate or
    /// reasoning rule that this one asks.
    func inPredicate(_ name: String) -> RuleError {
        switch problem {
        case .reasoning, .predicate: self
        default: RuleError(.predicate(name, problem), at: position)
        }
    }
}

extension RuleProblem: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownName(let name, let nearest, let known):
            "there is nothing called '\(name)' here"
                + (nearest.map { "; did you mean '\($0)'?" }
                    ?? "; there are \(known.joined(separator: ", "))")
        case .laterName(let name):
            "'\(name)' stands further below; a name can be used by what stands after it"
        case .brokenName(let name): "something is wrong with '\(name)' itself"
        case .unknownKind(let name, let nearest):
            "there is no kind of fact called '\(name)'" + RuleProblem.hint(nearest)
        case .unknownField(let kind, let field, let nearest):
            "a \(kind) has no field '\(field)'" + RuleProblem.hint(nearest)
        case .unknownFunction(let name, let nearest, let known):
            "there is no function or predicate '\(name)'"
                + (nearest.map { "; did you mean '\($0)'?" }
                    ?? "; there are \(known.joined(separator: ", "))")
        case .unknownTable(let name, let nearest):
            "there is no knowledge table '\(name)'" + RuleProblem.hint(nearest)
        case .unknownColumn(let table, let column, let nearest):
            "the table '\(table)' has no value column '\(column)'" + RuleProblem.hint(nearest)
        case .unknownType(let name, let nearest):
            "there is no type '\(name)'" + RuleProblem.hint(nearest)
        default: further
        }
    }

    private var further: String {
        switch self {
        case .wrongType(let expected, let found, let place):
            "\(place) must be \(expected), and this is \(found)"
        case .wrongOperands(let symbol, let left, let right, let advice):
            "'\(symbol)' does not join \(left) and \(right)"
                + (advice.isEmpty ? "" : "; \(advice)")
        case .wrongArguments(let name, let expected, let found):
            "'\(name)' takes \(expected), and got \(found)"
        case .needsConstant(let what): "\(what) must be written out, not computed"
        case .keyUnclear(let kind, let type, let fields):
            fields.isEmpty
                ? "a \(kind) has no field of type \(type) to find it by"
                : "a \(kind) has several fields of type \(type); say which: "
                    + fields.map { "\($0) = …" }.joined(separator: " or ")
        case .noTimes(let kind): "a \(kind) has no time of its own; name the field: \(kind)[field]"
        case .onlyDays(let kind, let field):
            "the \(field) of a \(kind) is a date, which has no hours; count in days"
        case .nameTaken(let name, let what): "the name '\(name)' is already \(what)"
        case .notHere(let what, let advice): "\(what) cannot stand here; \(advice)"
        case .recursion(let names):
            "the predicates \(names.joined(separator: " → ")) use themselves"
        case .unstratified(let names):
            "the reasoning rules \(names.joined(separator: " → ")) ask for their own facts "
                + "through a negation, a count or another value; "
                + "only 'any' may come back to its own rule"
        case .reasoning(_, let inner), .predicate(_, let inner): "\(inner)"
        case .tooLarge(let what, let limit): "\(what) is beyond the limit of \(limit)"
        case .aggregateNeeded(let name):
            "'\(name)' is a window of rows; ask for count(), any(), sum(…) or the like"
        case .missing(let what): "\(what) is missing"
        case .format(let what): what
        default: ""
        }
    }

    private static func hint(_ nearest: String?) -> String {
        nearest.map { "; did you mean '\($0)'?" } ?? ""
    }
}

extension RuleError: CustomStringConvertible {
    public var description: String { "\(position): \(problem)" }
}

extension RuleErrors: CustomStringConvertible {
    public var description: String { errors.map(\.description).joined(separator: "\n") }
}
