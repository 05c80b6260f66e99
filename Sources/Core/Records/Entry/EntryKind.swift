/// What an entry says; the number is the one in its bytes.
public enum EntryKind: UInt8, CaseIterable, Sendable {
    case access = 1
    case record = 2
    case consent = 3
    case relationship = 4
    case identity = 5
    case link = 6
    case source = 7
    case void = 8
    case claim = 9
    case claimResponse = 10
    case prescription = 11
    case dispense = 12
    case credential = 13
    case finding = 14
    case governance = 15
    case evidence = 16
    case statement = 17
    case notice = 18
    case `case` = 19
    case hold = 20
    case share = 21
    case erasure = 22
    case anchor = 23

    /// The longest entry of the kind, in bytes.
    ///
    /// Evidence holds two entries of an issuer whole, each with its batch's signed header; an
    /// anchor holds the signatures of another ledger's quorum, and how that quorum came to be.
    public var byteCountMax: Int {
        switch self {
        case .evidence, .anchor: Entry.evidenceByteCountMax
        default: Entry.byteCountMax
        }
    }

    /// Whether the entry must say something in clear, in a body of its kind.
    var hasBody: Bool {
        switch self {
        case .link, .source, .void, .credential, .finding, .governance, .evidence, .notice, .hold,
            .erasure, .anchor, .statement, .case, .share:
            true
        default: false
        }
    }

    /// Whether entries of the kind commit to a sealed payload; of notices those of a case do.
    public var hasPayload: Bool {
        switch self {
        case .access, .record, .consent, .relationship, .identity, .claim, .claimResponse,
            .prescription, .dispense, .finding, .case, .share:
            true
        default: false
        }
    }

    /// Whether an entry of the kind with this body commits to a sealed payload.
    public func hasPayload(saying body: EntryBody?) -> Bool {
        if case .case? = body { return true }
        return hasPayload
    }
}

extension EntryKind: CustomStringConvertible {
    /// The kind's name as the format's document writes it.
    public var description: String {
        switch self {
        case .access: "access"
        case .record: "record"
        case .consent: "consent"
        case .relationship: "relationship"
        case .identity: "identity"
        case .link: "link"
        case .source: "source"
        case .void: "void"
        case .claim: "claim"
        case .claimResponse: "claim-response"
        case .prescription: "prescription"
        case .dispense: "dispense"
        case .credential: "credential"
        case .finding: "finding"
        case .governance: "governance"
        case .evidence: "evidence"
        case .statement: "statement"
        case .notice: "notice"
        case .case: "case"
        case .hold: "hold"
        case .share: "share"
        case .erasure: "erasure"
        case .anchor: "anchor"
        }
    }

    /// The kind with this name, as ``description`` gives it.
    public init?(name: String) {
        guard let kind = EntryKind.allCases.first(where: { $0.description == name }) else {
            return nil
        }
        self = kind
    }
}
