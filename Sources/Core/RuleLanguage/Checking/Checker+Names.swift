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
        if brokenNames.contains(name) { return .brokenName(name) }
        if laterNames.contains(name) { return .laterName(name) }
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
                throw RuleError(
                    .unknownField(
                        kind: words(row), field: name,
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
        if row.sources.count > 1, !names(of: row).contains(name) { return nil }
        var nodes: [Int] = []
        for source in row.sources {
            guard let node = try value(name, of: source, row.depth, expression) else { return nil }
            nodes.append(node)
        }
        guard nodes.count > 1, let first = nodes.first else { return nodes.first }
        return try add(
            .byKind(depth: row.depth, kinds: row.sources.map(\.kind), nodes: nodes), type(first),
            expression)
    }

    private mutating func value(
        _ name: String, of source: RowKind, _ depth: Int, _ expression: Expression
    ) throws(RuleError) -> Int? {
        if let field = schema.kinds[source.kind].field(named: name) {
            return try add(
                .field(depth: depth, number: field.number, name: name, kind: source.kind),
                field.type, expression)
        }
        guard let derivation = source.derivation,
            let place = derivations[derivation].gives.firstIndex(where: { $0.name == name })
        else { return nil }
        return try add(
            .given(depth: depth, derivation: derivation, value: place),
            type(derivations[derivation].gives[place].node), expression)
    }

    /// The names by which a row's values go: those that rows of all its kinds have with one type.
    func names(of row: RowMeaning) -> [String] {
        guard let first = row.sources.first else { return [] }
        let others = row.sources.dropFirst()
        return names(of: first).filter { name in
            others.allSatisfy { type(of: name, $0) == type(of: name, first) }
        }
    }

    func names(of source: RowKind) -> [String] {
        schema.kinds[source.kind].fields.map(\.name)
            + (source.derivation.map { derivations[$0].gives.map(\.name) } ?? [])
    }

    /// The type of a value of a row; nil where there is none of the name.
    func type(of name: String, _ source: RowKind) -> RuleType? {
        if let field = schema.kinds[source.kind].field(named: name) { return field.type }
        return source.derivation.flatMap { number in
            derivations[number].gives.first { $0.name == name }.map { type($0.node) }
        }
    }

    /// A row in the words that errors use.
    func words(_ row: RowMeaning) -> String {
        guard let asked = row.sources.first?.derivation else { return schema.kinds[row.kind].name }
        return derived.first { $0.numbers.contains(asked) }?.name ?? derivations[asked].name
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

    /// What rows a name stands for: those of a kind of fact, or the facts of reasoning rules, of
    /// which there may be some on rows of several kinds.
    mutating func sources(_ name: Named) throws(RuleError) -> [RowKind] {
        if let kind = schema.kinds.firstIndex(where: { $0.name == name.name }) {
            return [RowKind(kind: kind)]
        }
        if reasoning.contains(where: { $0.name.name == name.name }) {
            return try derivations(of: name.name).map {
                RowKind(kind: derivations[$0].kind, derivation: $0)
            }
        }
        throw RuleError(
            .unknownKind(
                name.name,
                nearest: NearestName.of(
                    name.name, in: schema.kinds.map(\.name) + reasoning.map(\.name.name))),
            at: name.position)
    }

    /// The rows of one kind that a rule judges.
    mutating func judged(_ name: Named) throws(RuleError) -> RowKind {
        let sources = try sources(name)
        guard let source = sources.first, sources.count == 1 else {
            let kinds = sources.map { schema.kinds[$0.kind].name }.joined(separator: " and ")
            throw RuleError(
                .notHere(
                    "'\(name.name)'",
                    advice: "its facts stand on rows of \(kinds), and a rule judges rows of one "
                        + "kind; ask for them in a window, or write a rule for each kind"),
                at: name.position)
        }
        return source
    }
}
