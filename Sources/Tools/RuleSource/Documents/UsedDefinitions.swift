internal import RuleLanguage

/// Finds which predicates a rule uses, directly or through others.
struct UsedPredicates {
    private let all: [Predicate]
    /// In the order in which they were first used.
    private(set) var found: [Predicate] = []

    init(all: [Predicate]) {
        self.all = all
    }

    mutating func note(_ binding: Binding) {
        switch binding.content {
        case .value(let value): note(value)
        case .window(let window):
            for key in window.keys { note(key.value) }
            if let filter = window.filter { note(filter) }
            if let stretch = window.stretch { note(stretch) }
        }
    }

    mutating func note(_ expression: Expression) {
        switch expression.form {
        case .literal, .name: break
        case .field(let base, _): note(base)
        case .element(let base, let index):
            note(base)
            note(index)
        case .unary(_, let operand): note(operand)
        case .binary(_, let left, let right):
            note(left)
            note(right)
        case .conditional(let condition, let yes, let no):
            for part in [condition, yes, no] { note(part) }
        case .call(let name, let arguments):
            use(name)
            for argument in arguments { note(argument) }
        case .method(let base, _, let arguments):
            note(base)
            for argument in arguments { note(argument) }
        case .list(let elements):
            for element in elements { note(element) }
        case .comprehension(_, let base, _, let body):
            note(base)
            note(body)
        }
    }

    private mutating func note(_ stretch: WindowPhrase.Stretch) {
        switch stretch {
        case .withinBefore(let first, let second), .withinUpTo(let first, let second),
            .withinAfter(let first, let second), .withinFrom(let first, let second),
            .withinAround(let first, let second), .between(let first, let second),
            .overlappingRange(let first, let second), .during(let first, let second),
            .covering(let first, let second):
            note(first)
            note(second)
        case .before(let point), .upTo(let point), .after(let point), .from(let point),
            .on(let point), .overlapping(let point):
            note(point)
        }
    }

    private mutating func use(_ name: String) {
        guard let predicate = all.first(where: { $0.name.name == name }),
            !found.contains(where: { $0.name.name == name })
        else { return }
        found.append(predicate)
        for binding in predicate.bindings { note(binding) }
        note(predicate.condition)
    }
}
