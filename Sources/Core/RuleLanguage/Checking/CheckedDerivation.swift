/// A reasoning rule whose names and types are known to be right, over the row at depth 1.
public struct CheckedDerivation: Sendable {
    /// What explanations call it.
    public let name: String
    public let kind: Int
    /// The reasoning rule whose facts it looks at, where it does not look at all rows of the kind.
    public let base: Int?
    /// The reasoning rules any of which makes a row a fact of it, by their names; none where it is
    /// one that was written.
    public let alternatives: [Int]
    /// Whether the row is a fact of the rule: its `where` and its `when`.
    public internal(set) var condition: Int
    public internal(set) var gives: [CheckedRule.NamedNode]
    /// The windows that look from its rows.
    public internal(set) var windows: [Int]
    /// Which reasoning rules ask each other in a circle with it: the least of their numbers; nil
    /// where it does not come back to itself.
    public internal(set) var circle: Int?

    /// Whether its rows are rows that another reasoning rule is asked about.
    public func asksRows(of number: Int) -> Bool {
        base == number || alternatives.contains(number)
    }
}
