public import Ledger
public import Primitives
public import Records

/// What is asked of the ledger: the entries of which every property that is named holds.
///
/// Bytes: `docs/formats/proof.md`.
public struct Query: Hashable, Sendable {
    /// One patient, by one pseudonym; nil where ``epochs`` names one over several epochs.
    public var patient: OpaqueID?
    /// One patient over several epochs: the pseudonyms, any of which an entry may have.
    ///
    /// By epoch, then by pseudonym; no epoch between the first and the last is left out, and no
    /// pseudonym stands twice. Empty where ``patient`` is asked for, or nobody.
    public var epochs: [PatientEpoch] = []
    public var practitioner: OpaqueID?
    /// Issuer or subject.
    public var institution: InstitutionID?
    public var issuer: InstitutionID?
    public var claim: OpaqueID?
    public var prescription: OpaqueID?
    /// Any of these; none named is any kind.
    public var kinds: Set<EntryKind> = []
    public var action: AccessHeader.Action?
    public var purpose: AccessHeader.Purpose?
    public var basis: AccessHeader.Basis?
    public var outcome: AccessHeader.Outcome?
    /// Notices of cases that open what this rule found; before its notice, no finding says by which
    /// rule it is.
    public var rule: String?
    /// When it happened: from here on, and before.
    public var happenedFrom: Timestamp?
    public var happenedBefore: Timestamp?
    /// When it was anchored, by the time of its block: from here on, and before.
    public var anchoredFrom: Timestamp?
    public var anchoredBefore: Timestamp?

    /// The query that every entry answers.
    public init() {}

    /// Whether an entry is asked for, apart from when it was anchored.
    public func matches(_ entry: Entry) -> Bool {
        matchesSubjects(entry) && matchesAccess(entry) && matchesRule(entry)
            && (kinds.isEmpty || kinds.contains(entry.kind))
            && (issuer == nil || entry.issuer == issuer && entry.kind != .statement)
            && (happenedFrom.map { entry.eventTime >= $0 } ?? true)
            && (happenedBefore.map { entry.eventTime < $0 } ?? true)
    }

    private func matchesSubjects(_ entry: Entry) -> Bool {
        let wanted = [
            patient.map(Subject.patient), practitioner.map(Subject.practitioner),
            claim.map(Subject.claim), prescription.map(Subject.prescription),
        ]
        for case .some(let subject) in wanted where !entry.subjects.contains(subject) {
            return false
        }
        if !epochs.isEmpty,
            !epochs.contains(where: { entry.subjects.contains(.patient($0.pseudonym)) })
        {
            return false
        }
        guard let institution else { return true }
        // Who brought a statement is not among its bytes, so nobody's list has it.
        guard entry.kind != .statement else { return false }
        return entry.issuer == institution
            || entry.subjects.contains(.institution(institution))
    }

    private func matchesAccess(_ entry: Entry) -> Bool {
        guard asksForAccesses else { return true }
        guard let access = entry.access else { return false }
        return (action == nil || access.action == action)
            && (purpose == nil || access.purpose == purpose)
            && (basis == nil || access.basis == basis)
            && (outcome == nil || access.outcome == outcome)
    }

    private func matchesRule(_ entry: Entry) -> Bool {
        guard let rule else { return true }
        guard case .case(let body) = entry.body, case .noticed(let opening) = body.step else {
            return false
        }
        return opening.rules.contains(rule)
    }

    private var asksForAccesses: Bool {
        action != nil || purpose != nil || basis != nil || outcome != nil
    }
}

extension Query {
    /// The most event days that an answer is pieced together from.
    public static let dayCountMax = 62

    /// The sets of terms of which each holds every entry that is asked for.
    ///
    /// An answer is proved by the complete lists of one of them, which the verifier filters: the
    /// shortest will do.
    ///
    /// The parameters are those of the ledger's genesis, which say what terms it has.
    public func covers(under parameters: Parameters) -> [[Term]] {
        var covers: [[Term]] = []
        if let patient { covers.append([.patient(patient)]) }
        // One list for each pseudonym, whatever else is named: each epoch has its own proof.
        if !epochs.isEmpty { return [epochs.map { .patient($0.pseudonym) }] }
        if let practitioner { covers.append([.practitioner(practitioner)]) }
        for id in [institution, issuer] {
            if let id { covers.append([.institution(id)]) }
        }
        if let days = eventDays { covers.append(days) }
        if let action { covers.append([.action(action)]) }
        if let rule, parameters.listsRules { covers.append([.rule(rule)]) }
        covers.append(coveringKinds.map(Term.kind))
        return covers
    }

    private var coveringKinds: [EntryKind] {
        if !kinds.isEmpty { return kinds.sorted { $0.rawValue < $1.rawValue } }
        if rule != nil { return [.notice] }
        return asksForAccesses ? [.access] : EntryKind.allCases
    }

    /// The issuer's event days of the range, where both ends are named and not too far apart.
    private var eventDays: [Term]? {
        guard let issuer, let happenedFrom, let happenedBefore, happenedFrom < happenedBefore
        else { return nil }
        let first = happenedFrom.day.number
        let last = Timestamp(milliseconds: happenedBefore.milliseconds - 1).day.number
        guard Int64(last) - Int64(first) < Int64(Query.dayCountMax) else { return nil }
        return (first...last).map { .institutionDay(issuer, Day(number: $0)) }
    }

    /// The query with the kinds that a claim or a prescription alone stands for.
    ///
    /// They have no lists of their own: claims and their responses are looked through, or
    /// prescriptions and what was dispensed.
    public var named: Query {
        var query = self
        guard kinds.isEmpty, patient == nil, epochs.isEmpty, practitioner == nil,
            institution == nil, issuer == nil
        else { return self }
        if claim != nil { query.kinds = [.claim, .claimResponse] }
        if claim == nil, prescription != nil { query.kinds = [.prescription, .dispense] }
        return query
    }
}
