public import Primitives
public import Records

/// What becomes an entry once it has a number, a salt and recipients.
public struct Draft: Equatable, Sendable {
    /// The institution that says it.
    public let issuer: InstitutionID
    public let kind: EntryKind
    /// When it happened in the source system.
    public let eventTime: Timestamp
    /// Increasing, without repeats, at most ``Entry/subjectCountMax``.
    public let subjects: [Subject]
    /// For an access: what of it stands in clear.
    public let access: AccessHeader?
    public let payload: Payload
    public let origin: Origin

    /// Where in the input a draft comes from.
    public struct Origin: Equatable, Sendable {
        public let file: String
        /// From 1.
        public let line: Int
        /// The resource, `Claim/17`, or the table and row key.
        public let name: String

        public init(file: String, line: Int, name: String) {
            self.file = file
            self.line = line
            self.name = name
        }
    }

    /// A draft about these subjects, which are put in order; more than fit are left out last.
    public init(
        issuer: InstitutionID, kind: EntryKind, eventTime: Timestamp, subjects: [Subject],
        access: AccessHeader? = nil, payload: Payload, origin: Origin
    ) {
        self.issuer = issuer
        self.kind = kind
        self.eventTime = eventTime
        self.subjects = Draft.ordered(subjects, issuer: issuer)
        self.access = access
        self.payload = payload
        self.origin = origin
    }

    private static func ordered(_ subjects: [Subject], issuer: InstitutionID) -> [Subject] {
        var ordered: [Subject] = []
        for subject in subjects.sorted()
        where subject != ordered.last && subject != .institution(issuer) {
            ordered.append(subject)
        }
        return ordered
    }
}
