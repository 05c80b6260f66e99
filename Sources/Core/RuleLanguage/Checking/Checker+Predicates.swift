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
            let wanted = try type(of: parameter)
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
        for binding in predicate.bindings { try bind(binding, prefix: "\(name).") }
        return try check(predicate.condition, as: .bool, "what '\(name)' holds by")
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
