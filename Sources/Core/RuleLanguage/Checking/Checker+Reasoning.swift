/// Reasoning rules: checked once for the rule that asks for their facts, over a row at depth 1.
extension Checker {
    /// How many reasoning rules one rule asks, directly and through others.
    static let derivationCountMax = 16

    /// The number of a reasoning rule, which is checked where it was not yet.
    ///
    /// One that is being checked is known by its row alone: what it gives is not.
    mutating func derivation(_ written: Derivation) throws(RuleError) -> Int {
        let name = written.name.name
        if let broken = brokenReasoning.first(where: { $0.name == name }) { throw broken.error }
        if let known = derivations.firstIndex(where: { $0.name == name }) { return known }
        do throws(RuleError) {
            return try lay(written)
        } catch {
            let located: RuleError
            switch error.problem {
            case .reasoning, .predicate: located = error
            default: located = RuleError(.reasoning(name, error.problem), at: error.position)
            }
            brokenReasoning.append((name, located))
            throw located
        }
    }

    private mutating func lay(_ written: Derivation) throws(RuleError) -> Int {
        let name = written.name.name
        guard derivations.count < Checker.derivationCountMax else {
            throw RuleError(
                .tooLarge("the number of reasoning rules", limit: Checker.derivationCountMax),
                at: written.name.position)
        }
        guard !schema.kinds.contains(where: { $0.name == name }) else {
            throw RuleError(.nameTaken(name, by: "a kind of fact"), at: written.name.position)
        }
        let (kind, base) = try rows(of: written)
        let number = derivations.count
        derivations.append(
            CheckedDerivation(
                name: name, kind: kind, base: base, condition: 0, gives: [], windows: []))
        let outer = (scope, depth, active, owner)
        defer { (scope, depth, active, owner) = outer }
        let row = RowMeaning(depth: 1, kind: kind, derivation: base)
        (scope, depth, active, owner) = ([(written.variable.name, .row(row))], 1, [], number)
        var conditions: [Int] = []
        if let base { conditions.append(try derives(base, written.kind, and: nil)) }
        if let filter = written.filter {
            conditions.append(try check(filter, as: .bool, "what stands after 'where:'"))
        }
        for binding in written.bindings { try bind(binding, prefix: "\(name).") }
        if let condition = written.condition {
            conditions.append(try check(condition, as: .bool, "what stands after 'when:'"))
        }
        derivations[number].condition = try all(conditions, written)
        derivations[number].gives = try gives(of: written, kind, base)
        wholeReasoning.insert(number)
        return number
    }

    /// The rows that a reasoning rule looks at; not those of one that hangs on it.
    private mutating func rows(
        of written: Derivation
    ) throws(RuleError) -> (kind: Int, base: Int?) {
        let name = written.name.name
        let circle = RuleError(
            .notHere(
                "'\(written.kind.name)'",
                advice: "its facts hang on those of '\(name)'; ask for them in a window"),
            at: written.kind.position)
        openReasoning.append(name)
        defer { openReasoning.removeLast() }
        guard !openReasoning.contains(written.kind.name) else { throw circle }
        let (kind, base) = try kind(written.kind)
        if let base, !wholeReasoning.contains(base) { throw circle }
        return (kind, base)
    }

    private mutating func all(
        _ conditions: [Int], _ written: Derivation
    ) throws(RuleError) -> Int {
        let source = Expression(.name(written.name.name), at: written.name.position)
        guard var whole = conditions.first else {
            return try add(.constant(.yes), .bool, source)
        }
        for condition in conditions.dropFirst() {
            whole = try add(.and(whole, condition), .bool, source)
        }
        return whole
    }

    private mutating func gives(
        of written: Derivation, _ kind: Int, _ base: Int?
    ) throws(RuleError) -> [CheckedRule.NamedNode] {
        // What its facts are is given on: a fact of it is one of those.
        var gives: [CheckedRule.NamedNode] = []
        if let base {
            for (place, given) in derivations[base].gives.enumerated() {
                let source = Expression(.name(given.name), at: written.kind.position)
                let node = try add(
                    .given(depth: 1, derivation: base, value: place), type(given.node), source)
                gives.append(CheckedRule.NamedNode(name: given.name, node: node))
            }
        }
        for given in written.gives {
            let name = given.name.name
            guard schema.kinds[kind].field(named: name) == nil else {
                throw RuleError(
                    .nameTaken(name, by: "a field of \(schema.kinds[kind].name)"),
                    at: given.name.position)
            }
            guard !gives.contains(where: { $0.name == name }) else {
                throw RuleError(.nameTaken(name, by: "given"), at: given.name.position)
            }
            let node = try check(given.value)
            try plain(node, given.value)
            gives.append(CheckedRule.NamedNode(name: name, node: node))
        }
        return gives
    }

    /// Whether the row that was entered last is a fact of a reasoning rule, and what else is asked.
    mutating func derives(
        _ derivation: Int, _ name: Named, and asked: Int?
    ) throws(RuleError) -> Int {
        let source = Expression(.name(name.name), at: name.position)
        let node = try add(.derives(depth: depth, derivation: derivation), .bool, source)
        guard let asked else { return node }
        return try add(.and(node, asked), .bool, source)
    }
}

extension Derivation {
    /// Checks every name and type of the reasoning rule, and of those that it asks.
    ///
    /// - Throws: ``RuleErrors``; each error is ``RuleProblem/reasoning(_:_:)`` and so names the
    ///   reasoning rule that it stands in.
    public func check(
        against schema: RuleSchema, predicates: [Predicate], reasoning: [Derivation]
    ) throws(RuleErrors) {
        var checker = Checker(schema: schema, predicates: predicates, reasoning: reasoning)
        do throws(RuleError) {
            _ = try checker.derivation(self)
            try checker.stratify()
        } catch {
            throw RuleErrors([error])
        }
    }
}
