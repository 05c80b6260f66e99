public import Records

extension EntryKind {
    /// Kinds of facts that describe who takes part, and may stand in any payload.
    public static let contextFacts: [FactKind] = [
        .patient, .practitioner, .institution, .coverage,
    ]

    /// The kinds of facts that an entry of this kind is there to say.
    ///
    /// A payload holds these and ``contextFacts`` and nothing else: so whoever sees a sealed entry
    /// knows which facts it may hide, and which not.
    ///
    /// Source: `docs/formats/payload.md`, "Facts by kind of entry".
    public var ownFacts: [FactKind] {
        switch self {
        case .access: [.access]
        case .record: [.record, .result, .administration, .roster, .stockMovement, .sanction]
        case .consent: [.consent]
        case .relationship: [.relationship, .encounter]
        case .identity: [.identityCheck]
        case .claim: [.claim, .claimLine]
        case .claimResponse: [.claimResponse]
        case .prescription: [.prescription]
        case .dispense: [.dispense]
        default: []
        }
    }

    /// Whether a payload of an entry of this kind may hold a fact of that kind.
    public func mayHold(_ kind: FactKind) -> Bool {
        ownFacts.contains(kind)
            || (!ownFacts.isEmpty && EntryKind.contextFacts.contains(kind))
    }
}
