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
        if case .window(let window) = binding.content { note(kind: window.kind) }
        for part in binding.parts { note(part) }
    }

    mutating func note(_ expression: Expression) {
        if case .call(let name, _) = expression.form { use(name) }
        for part in expression.parts { note(part) }
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
