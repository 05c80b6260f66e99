internal import RuleLanguage

/// A node as the evaluation in full reads it: numbers alone, so that nothing is copied or counted
/// where a node is looked at, which happens for every value of every row.
enum PlanNode: Sendable {
    /// By its place among the constants of the plan.
    case constant(Int32)
    case field(depth: Int32, number: Int32)
    case local(Int32)
    case binding(Int32)
    case not(Int32)
    case negate(Int32)
    case and(Int32, Int32)
    case or(Int32, Int32)
    case conditional(Int32, Int32, Int32)
    case compare(BinaryOperator, Int32, Int32)
    case arithmetic(BinaryOperator, Int32, Int32)
    /// A body below 0 is none.
    case aggregate(Aggregate, window: Int32, depth: Int32, body: Int32)
    case derives(depth: Int32, derivation: Int32)
    case given(depth: Int32, derivation: Int32, value: Int32)
    case contains(list: Int32, value: Int32)
    case known(Int32)
    case same(Int32, Int32)
    case otherwise(Int32, Int32)
    /// What is rarer, or has lists of its own: as it was checked.
    case other

    init(_ operation: CheckedNode.Operation, _ constants: inout [Value]) {
        func n(_ number: Int) -> Int32 { Int32(truncatingIfNeeded: number) }
        switch operation {
        case .constant(let value):
            self = .constant(n(constants.count))
            constants.append(value)
        case .field(let depth, let number, _, _): self = .field(depth: n(depth), number: n(number))
        case .local(let local): self = .local(n(local))
        case .binding(let binding): self = .binding(n(binding))
        case .not(let a): self = .not(n(a))
        case .negate(let a): self = .negate(n(a))
        case .and(let a, let b): self = .and(n(a), n(b))
        case .or(let a, let b): self = .or(n(a), n(b))
        case .conditional(let a, let b, let c): self = .conditional(n(a), n(b), n(c))
        case .compare(let symbol, let a, let b): self = .compare(symbol, n(a), n(b))
        case .arithmetic(let symbol, let a, let b): self = .arithmetic(symbol, n(a), n(b))
        case .aggregate(let aggregate, let window, let depth, let body):
            self = .aggregate(aggregate, window: n(window), depth: n(depth), body: n(body ?? -1))
        case .derives(let depth, let derivation):
            self = .derives(depth: n(depth), derivation: n(derivation))
        case .given(let depth, let derivation, let value):
            self = .given(depth: n(depth), derivation: n(derivation), value: n(value))
        case .contains(let list, let value): self = .contains(list: n(list), value: n(value))
        case .known(let a): self = .known(n(a))
        case .same(let a, let b): self = .same(n(a), n(b))
        case .otherwise(let a, let b): self = .otherwise(n(a), n(b))
        default: self = .other
        }
    }
}
