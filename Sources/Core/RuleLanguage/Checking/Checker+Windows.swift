internal import Primitives

extension Checker {
    /// Checks a window over rows of one kind and returns its index.
    mutating func window(
        _ phrase: WindowPhrase, name: String, over source: RowKind
    ) throws(RuleError) -> Int {
        guard windows.count < Checker.windowCountMax else {
            throw RuleError(
                .tooLarge("the number of windows", limit: Checker.windowCountMax),
                at: phrase.position)
        }
        let kind = source.kind
        guard !phrase.keys.isEmpty else {
            throw RuleError(
                .missing("what the rows are found by ('\(phrase.kind) of …')"),
                at: phrase.position)
        }
        var keys: [CheckedWindow.Key] = []
        for key in phrase.keys { keys.append(try self.key(key, kind)) }
        let times = try times(of: kind, phrase.times, at: phrase.position)
        var stretch: CheckedWindow.Stretch?
        if let written = phrase.stretch {
            guard let times else {
                throw RuleError(.noTimes(kind: phrase.kind), at: phrase.position)
            }
            stretch = try self.stretch(written, kind: kind, times: times, phrase.position)
        }
        let filter = try filter(of: phrase, source)
        windows.append(
            CheckedWindow(
                name: name, kind: kind, keys: keys, times: times, stretch: stretch,
                order: phrase.order, filter: filter, derivation: source.derivation, owner: owner,
                text: phrase.description))
        if let owner { derivations[owner].windows.append(windows.count - 1) }
        return windows.count - 1
    }

    /// What is asked of each row: whether it is a fact of the reasoning rule, and what stands
    /// after `where`.
    private mutating func filter(
        of phrase: WindowPhrase, _ source: RowKind
    ) throws(RuleError) -> Int? {
        let written = try condition(of: phrase, source.kind)
        guard written != nil || source.derivation != nil else { return nil }
        try enterRows(of: [source], at: written?.position ?? phrase.position)
        defer { leaveRows() }
        let asked = try written.map { filter throws(RuleError) in
            try check(filter, as: .bool, "what stands after 'where'")
        }
        return try source.derivation.map { derivation throws(RuleError) in
            try derives(derivation, Named(phrase.kind, at: phrase.position), and: asked)
        } ?? asked
    }

    mutating func enterRows(
        of sources: [RowKind], at position: SourcePosition
    ) throws(RuleError) {
        let row = RowMeaning(depth: depth + 1, sources: sources)
        let names = names(of: row)
        for (name, _) in scope where names.contains(name) {
            throw RuleError(
                .nameTaken(name, by: "a field of \(words(row)): choose another"), at: position)
        }
        depth += 1
        scope.append(("", .fields(row)))
    }

    mutating func leaveRows() {
        scope.removeLast()
        depth -= 1
    }

    private mutating func key(
        _ key: WindowPhrase.Key, _ kind: Int
    ) throws(RuleError) -> CheckedWindow.Key {
        let schema = schema.kinds[kind]
        let node = try check(key.value)
        let wanted = type(node)
        guard wanted.isKey else {
            throw RuleError(
                .wrongType(
                    expected: "an id, code, text, whole number or date", found: words(wanted),
                    place: "what rows are found by"), at: key.value.position)
        }
        if let name = key.field {
            guard let field = schema.field(named: name) else {
                throw RuleError(
                    .unknownField(
                        kind: schema.name, field: name,
                        nearest: NearestName.of(name, in: schema.fields.map(\.name))),
                    at: key.value.position)
            }
            guard field.type == wanted else {
                throw RuleError(
                    .wrongType(
                        expected: words(field.type), found: words(wanted),
                        place: "what '\(name)' must equal"), at: key.value.position)
            }
            return CheckedWindow.Key(field: field.number, type: wanted, node: node)
        }
        if case .field(_, let name) = key.value.form, let field = schema.field(named: name),
            field.type == wanted
        {
            return CheckedWindow.Key(field: field.number, type: wanted, node: node)
        }
        let fitting = schema.fields.filter { $0.type == wanted && $0.number < 1_000 }
        guard fitting.count == 1, let field = fitting.first else {
            throw RuleError(
                .keyUnclear(
                    kind: schema.name, type: words(wanted), fields: fitting.map(\.name)),
                at: key.value.position)
        }
        return CheckedWindow.Key(field: field.number, type: wanted, node: node)
    }

    /// The fields that say when a row of a kind begins and ends: those named, or the kind's own.
    func times(
        of kind: Int, _ names: [String], at position: SourcePosition
    ) throws(RuleError) -> CheckedWindow.Times? {
        let schema = schema.kinds[kind]
        guard let first = names.first else {
            guard let own = schema.times, let start = schema.field(named: own.start) else {
                return nil
            }
            switch own.end {
            case .start: return CheckedWindow.Times(start: start.number, end: .start)
            case .field(let name):
                return schema.field(named: name).map {
                    CheckedWindow.Times(start: start.number, end: .field($0.number))
                }
            case .days(let name):
                return schema.field(named: name).map {
                    CheckedWindow.Times(start: start.number, end: .days($0.number))
                }
            }
        }
        let start = try time(first, schema, position)
        guard names.count > 1 else {
            return CheckedWindow.Times(start: start, end: .start)
        }
        return CheckedWindow.Times(
            start: start, end: .field(try time(names[1], schema, position)))
    }

    private func time(
        _ name: String, _ schema: KindSchema, _ position: SourcePosition
    ) throws(RuleError) -> Int {
        guard let field = schema.field(named: name) else {
            throw RuleError(
                .unknownField(
                    kind: schema.name, field: name,
                    nearest: NearestName.of(name, in: schema.fields.map(\.name))), at: position)
        }
        guard field.type == .date || field.type == .instant else {
            throw RuleError(
                .wrongType(
                    expected: "a date or an instant", found: words(field.type),
                    place: "the time of a row"), at: position)
        }
        return field.number
    }
}
