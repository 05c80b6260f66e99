/// Several reasoning rules that derive facts of one kind.
extension Checker {
    /// A reasoning rule over rows of one kind, and its number.
    struct JointRule {
        let written: Derivation
        let number: Int
        let row: RowKind
    }

    /// Whom to ask about each kind of row, by kind: the rule, or where several derive facts of
    /// rows of the kind one that holds where any of them does.
    mutating func ofKinds(_ rules: [JointRule]) throws(RuleError) -> [Int] {
        var numbers: [Int] = []
        for kind in schema.kinds.indices {
            let ofKind = rules.filter { $0.row.kind == kind }
            guard let first = ofKind.first else { continue }
            guard ofKind.count > 1 else {
                numbers.append(first.number)
                continue
            }
            numbers.append(
                try place(
                    first.written.name.name, RowKind(kind: kind),
                    alternatives: ofKind.map(\.number), at: first.written.name.position))
        }
        return numbers
    }

    /// Whether facts have the same values whichever rule derives them: what one gives, all others
    /// give or have as a field, with the same type.
    func checkAlike(_ rules: [JointRule]) throws(RuleError) {
        for rule in rules {
            let own = rule.written.gives.map(\.name.name)
            // What rows have of a rule below it is asked only where all of them have it.
            for given in derivations[rule.number].gives where own.contains(given.name) {
                for other in rules where other.number != rule.number {
                    if let problem = unlike(given, of: rule, other) { throw problem }
                }
            }
        }
    }

    private func unlike(
        _ given: CheckedRule.NamedNode, of rule: JointRule, _ other: JointRule
    ) -> RuleError? {
        let wanted = type(given.node)
        let row = RowKind(kind: other.row.kind, derivation: other.number)
        let found = type(of: given.name, row)
        guard found != wanted else { return nil }
        let given = "'\(given.name)'"
        let gives =
            "'\(rule.written.label)' gives it as \(words(wanted)) (rules that derive one kind "
            + "give the same)"
        let own = other.written.gives.first { "'\($0.name.name)'" == given }
        let problem: RuleProblem
        let position: SourcePosition
        switch (found, own) {
        case (let found?, let own?):
            problem = .format("\(given) is \(words(found)) here, and \(gives)")
            position = own.value.position
        case (let found?, nil):
            let kind = schema.kinds[other.row.kind].name
            problem = .format("the \(given) of a \(kind) is \(words(found)), and \(gives)")
            position = other.written.kind.position
        case (nil, _):
            problem = .format("\(given) is not given here, and \(gives)")
            position = other.written.name.position
        }
        return located(RuleError(problem, at: position), in: other.written)
    }

    /// The node of what a reasoning rule gives by a name.
    private func given(_ name: String, by number: Int) -> Int? {
        derivations[number].gives.first { $0.name == name }?.node
    }

    /// Lets what holds where any of several rules does hold, and give what the first of them gives
    /// by the order of their names.
    mutating func join(_ number: Int) throws(RuleError) {
        let alternatives = derivations[number].alternatives
        guard let last = alternatives.last else { return }
        let outer = (scope, depth, active, owner)
        defer { (scope, depth, active, owner) = outer }
        (scope, depth, active, owner) = ([], 1, [], number)
        var condition = try derives(last, Named(derivations[last].name), and: nil)
        for other in alternatives.dropLast().reversed() {
            let asked = try derives(other, Named(derivations[other].name), and: nil)
            condition = try add(
                .or(asked, condition), .bool, Expression(.name(derivations[number].name)))
        }
        derivations[number].condition = condition
        for (name, type) in derivations[last].gives.map({ ($0.name, self.type($0.node)) })
        where alternatives.allSatisfy({ given(name, by: $0).map { self.type($0) } == type }) {
            let source = Expression(.name(name))
            var node: Int?
            for other in alternatives.reversed() {
                guard
                    let place = derivations[other].gives.firstIndex(where: { $0.name == name })
                else { continue }
                let given = try add(
                    .given(depth: 1, derivation: other, value: place), type, source)
                guard let rest = node else {
                    node = given
                    continue
                }
                let asked = try derives(other, Named(derivations[other].name), and: nil)
                node = try add(.conditional(asked, given, rest), type, source)
            }
            guard let node else { continue }
            derivations[number].gives.append(CheckedRule.NamedNode(name: name, node: node))
        }
    }
}
