public import Primitives
internal import Proofs
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

    /// The same as a query of the ledger, for saying what was asked.
    var asQuery: Query {
        var query = Query()
        switch term {
        case .subject(.patient(let id)): query.patient = id
        case .subject(.practitioner(let id)): query.practitioner = id
        case .subject(.institution(let id)): query.institution = id
        case .subject(.claim(let id)): query.claim = id
        case .subject(.prescription(let id)): query.prescription = id
        case .issuer(let id): query.issuer = id
        case nil: break
        }
        query.kinds = kinds
        query.happenedFrom = from
        query.happenedBefore = to
        return query
    }
}

/// Rows of a trail, in ledger order.
public struct TrailAnswer: Hashable, Sendable {
    public let rows: [TrailRow]
    /// Where the next question goes on; nil where nothing is left.
    public let next: UInt64?
}

extension Submission {
    /// An access to what stands about a patient, or by a query to what it names, by a program of
    /// an institution.
    static func access(
        _ header: AccessHeader, patient: OpaqueID?, others: [Subject], object: String,
        by asker: InstitutionID, at now: Timestamp
    ) -> Submission {
        var fact = Fact(.access)
        let values: [(String, FactValue)] = [
            ("action", .text("\(header.action)")),
            ("purpose", .text("\(header.purpose)")), ("basis", .text("\(header.basis)")),
            ("outcome", .text("\(header.outcome)")), ("at", .instant(now, zoneMinutes: 0)),
            ("object", .text(object)), ("institution", .institution(asker)),
        ]
        for (name, value) in values {
            // The names are those of the schema, which a test goes through.
            try? fact.set(name, to: value)
        }
        if let patient { try? fact.set("patient", to: .id(patient)) }
        let subjects = (patient.map { [.patient($0)] } ?? []) + others
        return Submission(
            kind: .access, eventTime: now, subjects: Set(subjects).sorted(),
            access: header, payload: Payload(mediaType: "", source: [], facts: [fact]))
    }
}
