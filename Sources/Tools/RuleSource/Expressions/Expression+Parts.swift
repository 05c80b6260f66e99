internal import RuleLanguage

extension Expression {
    /// The expressions that this one is directly made of, in the order of the source.
    var parts: [Expression] {
        switch form {
        case .literal, .name: []
        case .field(let base, _): [base]
        case .element(let base, let index): [base, index]
        case .unary(_, let operand): [operand]
        case .binary(_, let left, let right): [left, right]
        case .conditional(let condition, let yes, let no): [condition, yes, no]
        case .call(_, let arguments): arguments
        case .method(let base, _, let arguments): [base] + arguments
        case .list(let elements): elements
        case .comprehension(_, let base, _, let body): [base, body]
        }
    }
}

extension Binding {
    /// The expressions in a window or a value.
    var parts: [Expression] {
        switch content {
        case .value(let value): [value]
        case .window(let window):
            window.keys.map(\.value) + (window.stretch?.parts ?? [])
                + [window.filter].compactMap(\.self)
        }
    }
}

extension WindowPhrase.Stretch {
    var parts: [Expression] {
        switch self {
        case .withinBefore(let first, let second), .withinUpTo(let first, let second),
            .withinAfter(let first, let second), .withinFrom(let first, let second),
            .withinAround(let first, let second), .between(let first, let second),
            .overlappingRange(let first, let second), .during(let first, let second),
            .covering(let first, let second):
            [first, second]
        case .before(let point), .upTo(let point), .after(let point), .from(let point),
            .on(let point), .overlapping(let point):
            [point]
        }
    }
}

extension Rule {
    /// The expressions of the rule, without those of what it asks.
    var parts: [Expression] {
        [filter].compactMap(\.self) + bindings.flatMap(\.parts) + [condition] + exceptions
            + [subject, amount].compactMap(\.self)
            + reason.compactMap { if case .value(let value) = $0 { value } else { nil } }
    }
}

extension Predicate {
    var parts: [Expression] { bindings.flatMap(\.parts) + [condition] }
}

extension Derivation {
    var parts: [Expression] {
        [filter].compactMap(\.self) + bindings.flatMap(\.parts)
            + [condition].compactMap(\.self) + gives.map(\.value)
    }
}
