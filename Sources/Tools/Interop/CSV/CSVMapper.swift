internal import Primitives
internal import Records

/// Makes drafts of the rows of one table.
struct CSVMapper {
    let mapping: CSVMapping
    let issuer: InstitutionID
    let pseudonyms: any PseudonymSource
    let places: [String: Int]
    let lookups: [String: CSVLookup]
    private(set) var notes: [String: Int] = [:]

    init(
        mapping: CSVMapping, issuer: InstitutionID, pseudonyms: any PseudonymSource,
        places: [String: Int], lookups: [String: CSVLookup]
    ) {
        self.mapping = mapping
        self.issuer = issuer
        self.pseudonyms = pseudonyms
        self.places = places
        self.lookups = lookups
    }

    /// The media type of a row that travels as a source document.
    private var mediaType: String {
        mapping.items == nil ? "text/csv; header=absent" : "application/json"
    }

    /// The drafts of one row; none where no entry of the mapping is for such rows.
    ///
    /// - Throws: ``ElementError`` with the column. Then nothing of the row becomes an entry.
    mutating func drafts(of row: CSVRow, file: String) throws(ElementError) -> [Draft] {
        var drafts: [Draft] = []
        for rule in mapping.entries where holds(rule.condition, row) {
            drafts.append(try draft(rule, row, file))
        }
        return drafts
    }

    private func holds(_ condition: CSVMapping.Condition?, _ row: CSVRow) -> Bool {
        guard let condition, let place = places[condition.column] else { return true }
        return condition.holds(row.fields[place])
    }

    private mutating func draft(
        _ rule: CSVMapping.EntryRule, _ row: CSVRow, _ file: String
    ) throws(ElementError) -> Draft {
        guard case .instant(let time, _) = try instant(rule.time, row) else {
            throw ElementError(
                element: rule.time.column,
                error: .missing(expected: "a date and time: every entry says when it happened"))
        }
        var context = Context(issuer: try issuer(rule, row))
        for name in CSVMapping.SubjectName.allCases {
            guard let value = rule.subjects[name], let text = try text(value, row, context) else {
                continue
            }
            let owner = try institution(value.issuer.first, row, context)
            guard let id = id(name, text, owner) else {
                throw ElementError(element: value.column, error: .unknownIdentity(text))
            }
            context.ids[name] = id
        }
        for name in rule.requiredSubjects where context.ids[name] == nil {
            throw ElementError(
                element: rule.subjects[name]?.column ?? name.rawValue,
                error: .missing(expected: "a \(name.rawValue): a \(rule.kind) names one"))
        }
        if let access = rule.access { context.access = try header(access, row, context) }
        var facts: [Fact] = []
        for fact in rule.facts where holds(fact.condition, row) {
            facts += try self.facts(fact, row, context)
        }
        return Draft(
            issuer: context.issuer, kind: rule.kind, eventTime: time, subjects: context.subjects,
            access: context.access,
            payload: Payload(
                mediaType: rule.hasSource ? mediaType : "",
                source: rule.hasSource ? row.bytes : [], facts: facts),
            origin: Draft.Origin(file: file, line: row.line, name: name(of: row)))
    }

    /// The table, and the key of the row where the mapping names one.
    private func name(of row: CSVRow) -> String {
        guard let key = mapping.key else { return mapping.name }
        if key == CSVMapping.lineKey { return "\(mapping.name)/\(row.line)" }
        guard let place = places[key] else { return mapping.name }
        return "\(mapping.name)/\(row.fields[place])"
    }

    private mutating func issuer(
        _ rule: CSVMapping.EntryRule, _ row: CSVRow
    ) throws(ElementError) -> InstitutionID {
        try institution(rule.issuer, row, Context(issuer: issuer))
    }

    /// The institution that a value names; the context's issuer where there is no value.
    private mutating func institution(
        _ value: CSVValue?, _ row: CSVRow, _ context: Context
    ) throws(ElementError) -> InstitutionID {
        guard let value else { return context.issuer }
        let text = try text(value, row, context)
        guard let text, let institution = InstitutionID(text) else {
            throw ElementError(
                element: value.column,
                error: .notA(
                    expected: "an institution id (1 to 32 of a-z, 0-9, -)", found: text ?? ""))
        }
        return institution
    }

    private func id(
        _ name: CSVMapping.SubjectName, _ text: String, _ issuer: InstitutionID
    ) -> OpaqueID? {
        switch name {
        case .patient: pseudonyms.patient(text)
        case .practitioner: pseudonyms.practitioner(text)
        case .claim: pseudonyms.claim(text, issuer: issuer)
        case .prescription: pseudonyms.prescription(text, issuer: issuer)
        }
    }

    private mutating func header(
        _ rule: CSVMapping.AccessRule, _ row: CSVRow, _ context: Context
    ) throws(ElementError) -> AccessHeader {
        AccessHeader(
            action: try word(rule.action, row, context, AccessWords.name),
            purpose: try word(rule.purpose, row, context, AccessWords.name),
            basis: try word(rule.basis, row, context, AccessWords.name),
            outcome: try word(rule.outcome, row, context, AccessWords.name))
    }

    /// The case of an access header that a text names.
    private mutating func word<Word: CaseIterable>(
        _ value: CSVValue, _ row: CSVRow, _ context: Context, _ name: (Word) -> String
    ) throws(ElementError) -> Word {
        let words = Word.allCases.map(name).joined(separator: ", ")
        guard let text = try text(value, row, context) else {
            throw ElementError(
                element: value.column, error: .missing(expected: "one of \(words)"))
        }
        guard let word = Word.allCases.first(where: { name($0) == text }) else {
            throw ElementError(
                element: value.column, error: .notA(expected: "one of \(words)", found: text))
        }
        return word
    }

    /// Counts something that stays unknown although the row says something.
    mutating func note(_ column: String, _ reason: String) {
        notes["\(mapping.name).\(column): \(reason)", default: 0] += 1
    }

    /// What of a row is known before its facts are made.
    struct Context {
        let issuer: InstitutionID
        var ids: [CSVMapping.SubjectName: OpaqueID] = [:]
        var access: AccessHeader?
        /// The item of a row for which a fact is made, and which it is, from 1.
        var item: (text: String, number: Int)?

        var subjects: [Subject] {
            CSVMapping.SubjectName.allCases.compactMap { name in
                guard let id = ids[name] else { return nil }
                switch name {
                case .patient: return .patient(id)
                case .practitioner: return .practitioner(id)
                case .claim: return .claim(id)
                case .prescription: return .prescription(id)
                }
            }
        }
    }
}
