internal import RuleLanguage

/// Finds which predicates and reasoning rules a rule uses, directly or through others.
struct UsedDefinitions {
    private let all: [Predicate]
    private let allReasoning: [Derivation]
    /// In the order in which they were first used.
    private(set) var predicates: [Predicate] = []
    private(set) var reasoning: [Derivation] = []

    init(predicates: [Predicate], reasoning: [Derivation]) {
        all = predicates
        allReasoning = reasoning
    }

    /// Notes the kind of the rows that are judged or looked at.
    mutating func note(kind: String) {
        guard !reasoning.contains(where: { $0.name.name == kind }) else { return }
        let rules = allReasoning.filter { $0.name.name == kind }
        reasoning += rules
        for rule in rules { note(rule) }
    }

    private mutating func note(_ derivation: Derivation) {
        note(kind: derivation.kind.name)
        for expression in [derivation.filter, derivation.condition].compactMap(\.self) {
            note(expression)
        }
        for binding in derivation.bindings { note(binding) }
        for given in derivation.gives { note(given.value) }
    }

    mutating func note(_ binding: Binding) {
        switch binding.content {
        case .value(let value): note(value)
        case .window(let window):
            note(kind: window.kind)
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
            !predicates.contains(where: { $0.name.name == name })
        else { return }
        predicates.append(predicate)
        for binding in predicate.bindings { note(binding) }
        note(predicate.condition)
    }
}
