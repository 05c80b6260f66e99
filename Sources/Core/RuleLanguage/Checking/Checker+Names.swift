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
            case .fields(let row):
                if let node = try value(name, of: row, expression) { return node }
            case .row(let row) where known == name:
                return try rowName(row.kind, expression)
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
            if case .fields(let row) = meaning {
                known += names(of: row)
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
            guard let node = try value(name, of: row, expression) else {
                let kind = row.derivation.map { derivations[$0].name }
                throw RuleError(
                    .unknownField(
                        kind: kind ?? schema.kinds[row.kind].name, field: name,
                        nearest: NearestName.of(name, in: names(of: row))),
                    at: expression.position)
            }
            return node
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

    /// A field of a row, or what a reasoning rule gives it; nil where there is none of the name.
    private mutating func value(
        _ name: String, of row: RowMeaning, _ expression: Expression
    ) throws(RuleError) -> Int? {
        if let field = schema.kinds[row.kind].field(named: name) {
            return try add(
                .field(depth: row.depth, number: field.number, name: name, kind: row.kind),
                field.type, expression)
        }
        guard let derivation = row.derivation,
            let place = derivations[derivation].gives.firstIndex(where: { $0.name == name })
        else { return nil }
        return try add(
            .given(depth: row.depth, derivation: derivation, value: place),
            type(derivations[derivation].gives[place].node), expression)
    }

    /// The names by which a row's values go.
    func names(of row: RowMeaning) -> [String] {
        schema.kinds[row.kind].fields.map(\.name)
            + (row.derivation.map { derivations[$0].gives.map(\.name) } ?? [])
    }

    /// The row that a name stands for, if it stands for one.
    func row(named name: String) -> RowMeaning? {
        for (known, meaning) in scope.reversed() {
            switch meaning {
            case .fields(let row):
                if names(of: row).contains(name) { return nil }
            case .row(let row) where known == name: return row
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

    /// What rows a name stands for: those of a kind of fact, or the facts of a reasoning rule.
    mutating func kind(_ name: Named) throws(RuleError) -> (kind: Int, derivation: Int?) {
        if let kind = schema.kinds.firstIndex(where: { $0.name == name.name }) {
            return (kind, nil)
        }
        if let found = reasoning.first(where: { $0.name.name == name.name }) {
            let number = try derivation(found)
            return (derivations[number].kind, number)
        }
        throw RuleError(
            .unknownKind(
                name.name,
                nearest: NearestName.of(
                    name.name, in: schema.kinds.map(\.name) + reasoning.map(\.name.name))),
            at: name.position)
    }
}
