/// A rule as it was written: which rows it judges, by what, and what it says of them.
public struct Rule: Sendable {
    public let header: RuleHeader
    /// The kind of the rows that are judged, one at a time.
    public let kind: Named
    /// What the rule calls the row that it judges.
    public let variable: Named
    /// Which rows it judges at all; nil for all of the kind.
    public let filter: Expression?
    public let bindings: [Binding]
    public let condition: Expression
    public let exceptions: [Expression]
    public let subject: Expression
    /// The row or the windows whose entries break the rule.
    public let violating: [Named]
    /// The row or the windows whose entries were needed to see it.
    public let involved: [Named]
    public let amount: Expression?
    public let reason: [ReasonPart]
    /// The predicates that it uses, and those that they use.
    public let predicates: [Predicate]
    /// The reasoning rules whose facts it asks for, and those that they ask for.
    public let derivations: [Derivation]

    public init(
        header: RuleHeader, kind: Named, variable: Named, filter: Expression?,
        bindings: [Binding], condition: Expression, exceptions: [Expression],
        subject: Expression, violating: [Named], involved: [Named], amount: Expression?,
        reason: [ReasonPart], predicates: [Predicate], derivations: [Derivation] = []
    ) {
        self.header = header
        self.kind = kind
        self.variable = variable
        self.filter = filter
        self.bindings = bindings
        self.condition = condition
        self.exceptions = exceptions
        self.subject = subject
        self.violating = violating
        self.involved = involved
        self.amount = amount
        self.reason = reason
        self.predicates = predicates
        self.derivations = derivations
    }
}

/// A name and where it was written.
public struct Named: Sendable {
    public let name: String
    public let position: SourcePosition

    public init(_ name: String, at position: SourcePosition = .none) {
        self.name = name
        self.position = position
    }
}

/// A name that a rule gives to a window or to a value.
public struct Binding: Sendable {
    public enum Content: Sendable {
        case window(WindowPhrase)
        case value(Expression)
    }

    public let name: Named
    public let content: Content

    public init(name: Named, content: Content) {
        self.name = name
        self.content = content
    }
}

/// A part of the sentence that tells the reason: text, or a value put into words.
public enum ReasonPart: Sendable {
    case text(String)
    case value(Expression)
}

/// A named condition that rules share, such as whether a patient is in a hospice.
///
/// It is part of every rule that uses it, and so of that rule's hash.
public struct Predicate: Sendable {
    public struct Parameter: Sendable {
        public let name: Named
        /// The name of the type, as schemas of facts have it.
        public let type: Named

        public init(name: Named, type: Named) {
            self.name = name
            self.type = type
        }
    }

    public let name: Named
    public let parameters: [Parameter]
    public let bindings: [Binding]
    public let condition: Expression

    public init(
        name: Named, parameters: [Parameter], bindings: [Binding], condition: Expression
    ) {
        self.name = name
        self.parameters = parameters
        self.bindings = bindings
        self.condition = condition
    }
}
