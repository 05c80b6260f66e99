public import Primitives
public import Records

/// What is asked of the ledger's trail: whose, of which kinds, over which time.
public struct TrailQuery: Hashable, Sendable {
    /// Whom the entries concern, or who issued them; nil for all entries.
    public var term: EntryTerm?
    /// Which kinds; empty for all.
    public var kinds: Set<EntryKind>
    /// Event times from here on.
    public var from: Timestamp?
    /// Event times before this one.
    public var to: Timestamp?
    /// The most rows; the query says in its answer where it goes on.
    public var limit: Int
    /// The first leaf to look at: 0, or ``TrailAnswer/next`` of the answer before.
    public var firstLeaf: UInt64

    /// The most rows of one answer.
    public static let limitMax = 10_000

    public init(
        term: EntryTerm? = nil, kinds: Set<EntryKind> = [], from: Timestamp? = nil,
        to: Timestamp? = nil, limit: Int = 1_000, firstLeaf: UInt64 = 0
    ) {
        self.term = term
        self.kinds = kinds
        self.from = from
        self.to = to
        self.limit = min(max(1, limit), TrailQuery.limitMax)
        self.firstLeaf = firstLeaf
    }

    func matches(_ entry: Entry) -> Bool {
        if !kinds.isEmpty, !kinds.contains(entry.kind) { return false }
        if let from, entry.eventTime < from { return false }
        if let to, entry.eventTime >= to { return false }
        return true
    }

    /// The access that asking is, where it asks about a patient: it goes to the outbox before the
    /// answer leaves, so that those who supervise are supervised.
    public func access(
        by asker: InstitutionID, at now: Timestamp, purpose: AccessHeader.Purpose = .supervision
    ) -> Submission? {
        guard case .subject(.patient(let patient)) = term else { return nil }
        let header = AccessHeader(
            action: .read, purpose: purpose, basis: .legal, outcome: .success)
        return Submission.access(
            header, patient: patient, others: [], object: "audit trail", by: asker, at: now)
    }
}

/// Rows of a trail, in ledger order.
public struct TrailAnswer: Hashable, Sendable {
    public let rows: [TrailRow]
    /// Where the next question goes on; nil where nothing is left.
    public let next: UInt64?
}

extension Submission {
    /// An access to what stands about a patient, by a program of an institution.
    static func access(
        _ header: AccessHeader, patient: OpaqueID, others: [Subject], object: String,
        by asker: InstitutionID, at now: Timestamp
    ) -> Submission {
        var fact = Fact(.access)
        let values: [(String, FactValue)] = [
            ("patient", .id(patient)), ("action", .text("\(header.action)")),
            ("purpose", .text("\(header.purpose)")), ("basis", .text("\(header.basis)")),
            ("outcome", .text("\(header.outcome)")), ("at", .instant(now, zoneMinutes: 0)),
            ("object", .text(object)), ("institution", .institution(asker)),
        ]
        for (name, value) in values {
            // The names are those of the schema, which a test goes through.
            try? fact.set(name, to: value)
        }
        return Submission(
            kind: .access, eventTime: now, subjects: ([.patient(patient)] + others).sorted(),
            access: header, payload: Payload(mediaType: "", source: [], facts: [fact]))
    }
}
