public import Primitives
public import Proofs
public import Records

/// The access that asking the ledger is: it goes to the outbox before the answer leaves, so that
/// those who supervise are supervised.
///
/// What was asked stands in the sealed payload in words. In clear stand whom it named: a patient
/// by the pseudonym of now, since an entry that named several of one patient would link them.
public struct QueryTrace: Sendable {
    public let query: Query
    public let asker: InstitutionID
    public let purpose: AccessHeader.Purpose

    public init(_ query: Query, by asker: InstitutionID, purpose: AccessHeader.Purpose) {
        self.query = query
        self.asker = asker
        self.purpose = purpose
    }

    /// One of the patient's pseudonyms, where a patient is asked about: the last of those named.
    public var patient: OpaqueID? { query.patient ?? query.epochs.last?.pseudonym }

    /// The access, with the patient under a pseudonym of the asker's choice.
    public func submission(patient: OpaqueID?, at now: Timestamp) -> Submission {
        guard let patient else {
            let header = AccessHeader(
                action: .execute, purpose: purpose, basis: .legal, outcome: .success)
            return Submission.access(
                header, patient: nil, others: named, object: "query: \(words)", by: asker,
                at: now)
        }
        let header = AccessHeader(
            action: .read, purpose: purpose, basis: .legal, outcome: .success)
        let spans = query.epochs.isEmpty ? "" : " over \(query.epochs.count) pseudonyms"
        return Submission.access(
            header, patient: patient, others: [], object: "audit trail" + spans, by: asker,
            at: now)
    }

    /// Whom a query without a patient names; nobody is a subject of an entry of its own.
    private var named: [Subject] {
        var named: [Subject] = []
        if let id = query.practitioner { named.append(.practitioner(id)) }
        for case .some(let id) in [query.institution, query.issuer] where id != asker {
            named.append(.institution(id))
        }
        if let id = query.claim { named.append(.claim(id)) }
        if let id = query.prescription { named.append(.prescription(id)) }
        return named
    }

    /// The query in words.
    var words: String {
        var parts: [String] = []
        func add(_ name: String, _ value: (some Any)?) {
            if let value { parts.append("\(name) \(value)") }
        }
        add("practitioner", query.practitioner)
        add("institution", query.institution)
        add("issuer", query.issuer)
        add("claim", query.claim)
        add("prescription", query.prescription)
        for kind in query.kinds.sorted(by: { $0.rawValue < $1.rawValue }) { add("kind", kind) }
        add("action", query.action)
        add("purpose", query.purpose)
        add("basis", query.basis)
        add("outcome", query.outcome)
        add("from", query.happenedFrom)
        add("before", query.happenedBefore)
        add("anchored from", query.anchoredFrom)
        add("anchored before", query.anchoredBefore)
        return parts.isEmpty ? "everything" : parts.joined(separator: ", ")
    }
}
