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

    /// The kind of fact that windows ask for by it.
    public let name: Named
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
        name: Named, kind: Named, variable: Named, filter: Expression?, bindings: [Binding],
        condition: Expression?, gives: [Given]
    ) {
        self.name = name
        self.kind = kind
        self.variable = variable
        self.filter = filter
        self.bindings = bindings
        self.condition = condition
        self.gives = gives
    }
}
