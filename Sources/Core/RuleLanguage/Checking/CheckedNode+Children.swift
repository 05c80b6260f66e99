extension CheckedNode.Operation {
    /// The nodes that the operation takes values from.
    public var children: [Int] {
        switch self {
        case .constant, .field, .local, .binding, .derives, .given: []
        case .not(let a), .negate(let a), .known(let a), .matches(let a, _): [a]
        case .and(let a, let b), .or(let a, let b), .compare(_, let a, let b),
            .arithmetic(_, let a, let b), .element(let a, let b), .same(let a, let b),
            .otherwise(let a, let b), .contains(let a, let b),
            .comprehension(_, let a, _, let b):
            [a, b]
        case .conditional(let a, let b, let c): [a, b, c]
        case .list(let items), .function(_, let items): items
        case .byKind(_, _, let nodes): nodes
        case .aggregate(_, _, _, let body), .together(_, _, _, let body): body.map { [$0] } ?? []
        case .lookUp(_, _, let keys, let day), .isListed(_, let keys, let day):
            keys + (day.map { [$0] } ?? [])
        }
    }
}
