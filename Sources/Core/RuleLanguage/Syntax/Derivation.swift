/// A reasoning rule: which rows of a kind are a fact of another kind as well, such as stays that
/// an insurer pays, and what is said of them beyond their fields.
///
/// It is part of every rule that asks for its facts, and so of that rule's hash.
public struct Derivation: Sendable {
    /// A value that each of its facts has beside the fields of the row.
    public struct Given: Sendable {
        public let name: Named
        public let value: Expression

        public init(name: Named, value: Expression) {
            self.name = name
            self.value = value
        }
    }

    /// The kind of fact that windows ask for by it, which other rules may derive as well.
    public let name: Named
    /// What tells it from the other rules that derive the kind; nil where it needs nothing.
    public let rule: Named?
    /// The kind of the rows that it looks at, or the reasoning rule whose facts these are.
    public let kind: Named
    public let variable: Named
    /// Which rows it looks at, and nil for all.
    public let filter: Expression?
    public let bindings: [Binding]
    /// What must hold beside, and nil where nothing must.
    public let condition: Expression?
    public let gives: [Given]

    public init(
        name: Named, rule: Named? = nil, kind: Named, variable: Named, filter: Expression?,
        bindings: [Binding], condition: Expression?, gives: [Given]
    ) {
        self.name = name
        self.rule = rule
        self.kind = kind
        self.variable = variable
        self.filter = filter
        self.bindings = bindings
        self.condition = condition
        self.gives = gives
    }

    /// What errors and explanations call it: the kind, and the rule where that has a name.
    public var label: String { rule.map { "\(name.name) by \($0.name)" } ?? name.name }

    /// Whether it stands before another in canonical rules: by kind, then by the rule's name.
    public func precedes(_ other: Derivation) -> Bool {
        let names = [(name.name, other.name.name), (rule?.name ?? "", other.rule?.name ?? "")]
        guard let (own, others) = names.first(where: { !$0.utf8.elementsEqual($1.utf8) }) else {
            return false
        }
        return own.utf8.lexicographicallyPrecedes(others.utf8)
    }
}
