extension Checker {
    mutating func named(
        _ name: String, _ expression: Expression
    ) throws(RuleError) -> Int {
        guard name != "null" else {
            throw RuleError(
                .notHere("null", advice: "ask known(x) whether a value is known"),
                at: expression.position)
        }
        for (known, meaning) in scope.reversed() {
            switch meaning {
            case .fields(let depth, let kind):
                if let field = schema.kinds[kind].field(named: name) {
                    return try add(
                        .field(depth: depth, number: field.number, name: name, kind: kind),
                        field.type, expression)
                }
            case .row(_, let kind) where known == name:
                return try rowName(kind, expression)
            case .local(let local, let type) where known == name:
                return try add(.local(local), type, expression)
            case .window(let window) where known == name:
                return try add(.constant(.no), .window(window), expression)
            case .node(let node) where known == name:
                return node
            default: continue
            }
        }
        throw RuleError(unknown(name), at: expression.position)
    }

    /// A row by itself is no value; the node only carries its type to `field` and to errors.
    private mutating func rowName(
        _ kind: Int, _ expression: Expression
    ) throws(RuleError) -> Int {
        try add(.constant(.no), .row(kind), expression)
    }

    func unknown(_ name: String) -> RuleProblem {
        var known: [String] = []
        for (other, meaning) in scope {
            if case .fields(_, let kind) = meaning {
                known += schema.kinds[kind].fields.map(\.name)
            } else if !known.contains(other) {
                known.append(other)
            }
        }
        return .unknownName(
            name, nearest: NearestName.of(name, in: known),
            known: known.isEmpty ? ["no names"] : known)
    }

    mutating func field(
        _ base: Expression, _ name: String, _ expression: Expression
    ) throws(RuleError) -> Int {
        if case .name(let variable) = base.form, let row = row(named: variable) {
            let kind = schema.kinds[row.kind]
            guard let field = kind.field(named: name) else {
                throw RuleError(
                    .unknownField(
                        kind: kind.name, field: name,
                        nearest: NearestName.of(name, in: kind.fields.map(\.name))),
                    at: expression.position)
            }
            return try add(
                .field(depth: row.depth, number: field.number, name: name, kind: row.kind),
                field.type, expression)
        }
        let node = try check(base)
        switch (type(node), name) {
        case (.code, "system"): return try add(.function(.codeSystem, [node]), .text, expression)
        case (.code, "code"): return try add(.function(.codeText, [node]), .text, expression)
        case (.quantity, "unit"): return try add(.function(.unitOf, [node]), .text, expression)
        case (.money, "currency"):
            return try add(.function(.currencyOf, [node]), .text, expression)
        case (.window, _):
            throw RuleError(.aggregateNeeded(base.description), at: base.position)
        default:
            throw RuleError(
                .notHere(
                    "'.\(name)' after \(words(type(node)))",
                    advice: "rows have fields, a code has system and code, a quantity has unit, "
                        + "money has currency"),
                at: expression.position)
        }
    }

    /// The row that a name stands for, if it stands for one.
    func row(named name: String) -> (depth: Int, kind: Int)? {
        for (known, meaning) in scope.reversed() {
            switch meaning {
            case .fields(_, let kind):
                if schema.kinds[kind].field(named: name) != nil { return nil }
            case .row(let depth, let kind) where known == name: return (depth, kind)
            default:
                if known == name { return nil }
            }
        }
        return nil
    }

    /// The window that a name stands for, if it stands for one.
    func window(named name: String) -> Int? {
        for (known, meaning) in scope.reversed() where known == name {
            if case .window(let window) = meaning { return window }
            return nil
        }
        return nil
    }

    /// Gives a name a meaning, if it is free.
    mutating func declare(_ name: Named, _ meaning: Meaning) throws(RuleError) {
        if scope.contains(where: { $0.name == name.name }) {
            throw RuleError(
                .nameTaken(name.name, by: "in use in this rule"), at: name.position)
        }
        scope.append((name.name, meaning))
    }

    func kind(_ name: Named) throws(RuleError) -> Int {
        guard let kind = schema.kinds.firstIndex(where: { $0.name == name.name }) else {
            throw RuleError(
                .unknownKind(
                    name.name,
                    nearest: NearestName.of(name.name, in: schema.kinds.map(\.name))),
                at: name.position)
        }
        return kind
    }
}
