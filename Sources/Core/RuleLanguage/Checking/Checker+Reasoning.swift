/// Reasoning rules: checked once for the rule that asks for their facts, over a row at depth 1.
extension Checker {
    /// How many reasoning rules one rule asks, directly and through others.
    static let derivationCountMax = 32

    /// Whom to ask for the facts of a kind: a number for each kind of row that they stand on.
    ///
    /// They stand by kind of row. Reasoning rules are checked where they were not yet; those that
    /// are being checked are known by their rows alone: what they give is not.
    mutating func derivations(of name: String) throws(RuleError) -> [Int] {
        if let broken = brokenReasoning.first(where: { $0.name == name }) { throw broken.error }
        if let known = derived.first(where: { $0.name == name }) { return known.numbers }
        do throws(RuleError) {
            return try lay(name)
        } catch {
            brokenReasoning.append((name, error))
            throw error
        }
    }

    private mutating func lay(_ name: String) throws(RuleError) -> [Int] {
        var rules: [JointRule] = []
        for written in reasoning.filter({ $0.name.name == name }).sorted(by: { $0.precedes($1) }) {
            try located(written) { checker throws(RuleError) in
                guard !checker.schema.kinds.contains(where: { $0.name == name }) else {
                    throw RuleError(
                        .nameTaken(name, by: "a kind of fact"), at: written.name.position)
                }
                for row in try checker.rows(of: written) {
                    let number = try checker.place(written.label, row, at: written.name.position)
                    rules.append(JointRule(written: written, number: number, row: row))
                }
            }
        }
        let numbers = try ofKinds(rules)
        derived.append((name, numbers))
        for rule in rules {
            try located(rule.written) { checker throws(RuleError) in try checker.check(rule) }
        }
        try checkAlike(rules)
        for number in numbers { try join(number) }
        wholeReasoning.formUnion(numbers + rules.map(\.number))
        return numbers
    }

    /// An error as one of a reasoning rule, unless it is already one of what that asks.
    func located(_ error: RuleError, in written: Derivation) -> RuleError {
        switch error.problem {
        case .reasoning, .predicate: error
        default: RuleError(.reasoning(written.label, error.problem), at: error.position)
        }
    }

    /// Does something for a reasoning rule; what is wrong is so in its file.
    private mutating func located(
        _ written: Derivation, _ body: (inout Checker) throws(RuleError) -> Void
    ) throws(RuleError) {
        do throws(RuleError) {
            try body(&self)
        } catch {
            throw located(error, in: written)
        }
    }

    /// Puts in a reasoning rule of which only the rows are known.
    mutating func place(
        _ name: String, _ row: RowKind, alternatives: [Int] = [], at position: SourcePosition
    ) throws(RuleError) -> Int {
        guard derivations.count < Checker.derivationCountMax else {
            throw RuleError(
                .tooLarge("the number of reasoning rules", limit: Checker.derivationCountMax),
                at: position)
        }
        derivations.append(
            CheckedDerivation(
                name: name, kind: row.kind, base: row.derivation, alternatives: alternatives,
                condition: 0, gives: [], windows: []))
        return derivations.count - 1
    }

    private mutating func check(_ rule: JointRule) throws(RuleError) {
        let (written, number, row) = (rule.written, rule.number, rule.row)
        let outer = (scope, depth, active, owner)
        defer { (scope, depth, active, owner) = outer }
        let meaning = RowMeaning(depth: 1, sources: [row])
        (scope, depth, active, owner) = ([(written.variable.name, .row(meaning))], 1, [], number)
        var conditions: [Int] = []
        if let base = row.derivation {
            conditions.append(try derives(base, written.kind, and: nil))
        }
        if let filter = written.filter {
            conditions.append(try check(filter, as: .bool, "what stands after 'where:'"))
        }
        for binding in written.bindings { try bind(binding, prefix: "\(written.name.name).") }
        if let condition = written.condition {
            conditions.append(try check(condition, as: .bool, "what stands after 'when:'"))
        }
        derivations[number].condition = try all(conditions, written)
        derivations[number].gives = try gives(of: written, row.kind, row.derivation)
    }

    /// The rows that a reasoning rule looks at; not those of one that hangs on it.
    private mutating func rows(of written: Derivation) throws(RuleError) -> [RowKind] {
        let name = written.name.name
        let circle = RuleError(
            .notHere(
                "'\(written.kind.name)'",
                advice: "its facts hang on those of '\(name)'; ask for them in a window"),
            at: written.kind.position)
        openReasoning.append(name)
        defer { openReasoning.removeLast() }
        guard !openReasoning.contains(written.kind.name) else { throw circle }
        let sources = try sources(written.kind)
        for source in sources {
            if let base = source.derivation, !wholeReasoning.contains(base) { throw circle }
        }
        return sources
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
            _ = try checker.derivations(of: name.name)
            try checker.stratify()
        } catch {
            throw RuleErrors([error])
        }
    }
}
