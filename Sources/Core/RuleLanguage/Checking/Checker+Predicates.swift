extension Checker {
    /// Puts a predicate in where it is asked, with its own windows over the values it is given.
    mutating func use(
        _ predicate: Predicate, _ arguments: [Expression], _ expression: Expression
    ) throws(RuleError) -> Int {
        let name = predicate.name.name
        guard !active.contains(name) else {
            throw RuleError(.recursion(active + [name]), at: expression.position)
        }
        guard depth == (owner == nil ? 0 : 1) else {
            throw RuleError(
                .notHere(
                    "the predicate '\(name)'",
                    advice: "predicates are asked about the judged row, not rows of a window"),
                at: expression.position)
        }
        guard arguments.count == predicate.parameters.count else {
            throw count(
                name,
                predicate.parameters.map { "\($0.name.name): \($0.type.name)" }
                    .joined(separator: ", "), arguments, expression)
        }
        var inner: [(name: String, meaning: Meaning)] = []
        for (argument, parameter) in zip(arguments, predicate.parameters) {
            let wanted = try type(of: parameter, predicate)
            let node = try check(
                argument, as: wanted, "'\(parameter.name.name)' of '\(name)'")
            inner.append((parameter.name.name, .node(node)))
        }
        let outer = scope
        scope = inner
        active.append(name)
        defer {
            scope = outer
            active.removeLast()
        }
        return try hold(predicate)
    }

    /// Lays down what a predicate holds by; what is wrong with it is so in its own file.
    private mutating func hold(_ predicate: Predicate) throws(RuleError) -> Int {
        let name = predicate.name.name
        do throws(RuleError) {
            for binding in predicate.bindings { try bind(binding, prefix: "\(name).") }
            return try check(predicate.condition, as: .bool, "what '\(name)' holds by")
        } catch {
            throw error.inPredicate(name)
        }
    }

    /// Checks a predicate by itself, over any values of the types that it takes.
    mutating func check(_ predicate: Predicate) throws(RuleError) {
        for parameter in predicate.parameters {
            let type = try type(of: parameter, predicate)
            try declare(parameter.name, .local(localCount, type))
            localCount += 1
        }
        active.append(predicate.name.name)
        defer { active.removeLast() }
        _ = try hold(predicate)
    }

    private func type(
        of parameter: Predicate.Parameter, _ predicate: Predicate
    ) throws(RuleError) -> RuleType {
        do throws(RuleError) {
            return try type(of: parameter)
        } catch {
            throw error.inPredicate(predicate.name.name)
        }
    }

    func type(of parameter: Predicate.Parameter) throws(RuleError) -> RuleType {
        guard let type = RuleType(name: parameter.type.name) else {
            throw RuleError(
                .unknownType(
                    parameter.type.name,
                    nearest: NearestName.of(
                        parameter.type.name, in: RuleType.named.map(\.name))),
                at: parameter.type.position)
        }
        return type
    }

    /// Gives a name to a window or a value.
    mutating func bind(_ binding: Binding, prefix: String = "") throws(RuleError) {
        switch binding.content {
        case .window(let phrase):
            let index = try window(phrase, name: prefix + binding.name.name)
            try declare(binding.name, .window(index))
        case .value(let expression):
            let node = try check(expression)
            try plain(node, expression)
            // A value that a reasoning rule names is another for each of its rows.
            guard owner == nil else { return try declare(binding.name, .node(node)) }
            bindings.append(
                CheckedRule.NamedNode(name: prefix + binding.name.name, node: node))
            let reference = try add(
                .binding(bindings.count - 1), type(node),
                Expression(.name(binding.name.name), at: binding.name.position))
            try declare(binding.name, .node(reference))
        }
    }
}

extension Predicate {
    /// Checks every name and type of the predicate, and of those that it asks, whoever asks it.
    ///
    /// - Throws: ``RuleErrors``; what is wrong with what it holds by is
    ///   ``RuleProblem/predicate(_:_:)`` and so names the predicate that it stands in.
    public func check(
        against schema: RuleSchema, predicates: [Predicate], reasoning: [Derivation]
    ) throws(RuleErrors) {
        var checker = Checker(schema: schema, predicates: predicates, reasoning: reasoning)
        do throws(RuleError) {
            try checker.check(self)
            try checker.stratify()
        } catch {
            throw RuleErrors([error])
        }
    }
}
