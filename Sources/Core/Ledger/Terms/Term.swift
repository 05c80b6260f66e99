public import Primitives
public import Records

/// What entries are listed under, so that all of them can be given, with proof that it is all.
public enum Term: Hashable, Sendable {
    /// Entries with the pseudonym as subject.
    case patient(OpaqueID)
    /// Entries with the practitioner as subject.
    case practitioner(OpaqueID)
    /// Entries issued by the institution, or with it as subject.
    case institution(InstitutionID)
    case stream(InstitutionID, StreamID)
    /// Accesses with the action.
    case action(AccessHeader.Action)
    case kind(EntryKind)
    /// Entries issued by the institution, with an event time on that UTC day.
    case institutionDay(InstitutionID, Day)
    /// Notices that open what the rule with this id found; where ``Parameters/listsRules``.
    case rule(String)
    /// Entries that have no effect (``Unfitness``).
    case unfit

    /// The key space of the state map that holds the term's head.
    var space: UInt8 {
        switch self {
        case .patient: 16
        case .practitioner: 17
        case .institution: 18
        case .stream: 19
        case .action: 20
        case .kind: 21
        case .institutionDay: 22
        case .unfit: 25
        case .rule: 27
        }
    }
}

extension Term: CustomStringConvertible {
    public var description: String {
        switch self {
        case .patient(let id): "patient \(id)"
        case .practitioner(let id): "practitioner \(id)"
        case .institution(let id): "institution \(id)"
        case .stream(let id, let stream): "stream \(stream) of \(id)"
        case .action(let action): "action \(action)"
        case .kind(let kind): "kind \(kind)"
        case .institutionDay(let id, let day): "\(id) on \(day)"
        case .rule(let id): "rule \(id)"
        case .unfit: "entries without effect"
        }
    }
}

extension Entry {
    /// The terms that list this entry, in the order in which they take slots.
    ///
    /// One that has no effect is listed under ``Term/unfit`` as well, before all others; its bytes
    /// do not say so. By the table of `docs/formats/state.md`; within a row, the issuer first, then
    /// subjects in their order. It is the slow form of what execution does, for readers, verifiers
    /// and tests. ``ruleTerms`` follow where the ledger has them.
    public var terms: [Term] {
        // A statement's bytes do not say who brought it.
        if kind == .statement { return [.kind(.statement)] }
        var terms: [Term] = []
        for case .patient(let id) in subjects { terms.append(.patient(id)) }
        for case .practitioner(let id) in subjects { terms.append(.practitioner(id)) }
        terms.append(.institution(issuer))
        for case .institution(let id) in subjects { terms.append(.institution(id)) }
        terms.append(.stream(issuer, stream))
        if let access { terms.append(.action(access.action)) }
        terms.append(.kind(kind))
        terms.append(.institutionDay(issuer, eventTime.day))
        return terms
    }

    /// The terms that list a notice by what it opens, after ``terms``, where the ledger lists
    /// notices so (``Parameters/listsRules``).
    public var ruleTerms: [Term] {
        guard case .case(let body) = body, case .noticed(let opening) = body.step else { return [] }
        return opening.rules.map(Term.rule)
    }
}
