public import Primitives

/// What is ordered on the ledger: who says that what happened when, to whom, and a commitment.
///
/// A value of this type has the format of `docs/formats/entry.md`; whether it has what its kind
/// must have, and nothing that it must not, is what ``checkShape()`` answers.
public struct Entry: Hashable, Sendable {
    public var kind: EntryKind
    public var issuer: InstitutionID
    public var stream: StreamID
    /// From 1, without gaps in (issuer, stream).
    public var number: UInt64
    /// When it happened in the source system.
    public var eventTime: Timestamp
    /// Whom it concerns: at most 16, increasing, no repeats; empty where the field is absent.
    public var subjects: [Subject]
    /// The commitment to the payload.
    public var commitment: Digest?
    /// SHA-256 of the sealed payload.
    public var sealedPayload: Digest?
    /// Who can open the payload: at most 64, increasing; empty where the field is absent.
    public var recipients: [InstitutionID]
    public var access: AccessHeader?
    public var author: Author?
    public var body: EntryBody?

    public init(
        kind: EntryKind, issuer: InstitutionID, stream: StreamID, number: UInt64,
        eventTime: Timestamp, subjects: [Subject] = [], commitment: Digest? = nil,
        sealedPayload: Digest? = nil, recipients: [InstitutionID] = [],
        access: AccessHeader? = nil, author: Author? = nil, body: EntryBody? = nil
    ) {
        self.kind = kind
        self.issuer = issuer
        self.stream = stream
        self.number = number
        self.eventTime = eventTime
        self.subjects = subjects
        self.commitment = commitment
        self.sealedPayload = sealedPayload
        self.recipients = recipients
        self.access = access
        self.author = author
        self.body = body
    }

    /// The longest entry, in bytes.
    public static let byteCountMax = 16_384
    /// The longest entry of evidence or of an anchor, in bytes.
    public static let evidenceByteCountMax = 40_960
    /// The most subjects of an entry.
    public static let subjectCountMax = 16
    /// The most recipients of an entry.
    public static let recipientCountMax = 64
    /// The greatest number of an entry: 2^62 − 1, so that no sum of two overflows.
    public static let numberMax: UInt64 = (1 << 62) - 1

    /// The number that the stream's next entry must have.
    ///
    /// A void entry skips the numbers that it declares lost. The entry's shape must be right.
    public var nextNumber: UInt64 {
        if case .void(let void) = body { return void.last + 1 }
        return number + 1
    }

    /// The bytes that this entry's author signs.
    public func authorClaim(ledger: LedgerID) -> [UInt8] {
        Author.claim(ledger: ledger, kind: kind, subjects: subjects, commitment: commitment)
    }
}
