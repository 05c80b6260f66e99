public import Primitives

/// What a source system hands to its institution's node: an entry to be, and what it seals.
///
/// It has no stream and number yet; the outbox gives them. Nor has it a commitment; that is made
/// when the payload is sealed.
public struct Submission: Hashable, Sendable {
    public var kind: EntryKind
    /// When it happened in the source system.
    public var eventTime: Timestamp
    /// Whom it concerns: at most 16, increasing, no repeats.
    public var subjects: [Subject]
    public var access: AccessHeader?
    /// What kinds without a payload, and findings, say in clear.
    public var body: EntryBody?
    /// What is sealed; nil for kinds without a payload.
    public var payload: Payload?
    /// Recipients beyond those of the node's policy: at most 64, increasing, no repeats.
    public var recipients: [InstitutionID]
    /// The source system's own name for the event: who submits it twice is answered as before.
    public var reference: OpaqueID?

    public init(
        kind: EntryKind, eventTime: Timestamp, subjects: [Subject] = [],
        access: AccessHeader? = nil, body: EntryBody? = nil, payload: Payload? = nil,
        recipients: [InstitutionID] = [], reference: OpaqueID? = nil
    ) {
        self.kind = kind
        self.eventTime = eventTime
        self.subjects = subjects
        self.access = access
        self.body = body
        self.payload = payload
        self.recipients = recipients
        self.reference = reference
    }

    /// The longest submission, in bytes: a payload of 4 MiB and what stands around it.
    public static let byteCountMax = (4 << 20) + Entry.byteCountMax
}
