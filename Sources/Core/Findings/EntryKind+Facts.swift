public import Records

extension EntryKind {
    /// Kinds of facts that describe who takes part, and may stand in any payload.
    public static let contextFacts: [FactKind] = [
        .patient, .practitioner, .institution, .coverage,
    ]

    /// Kinds of facts of a record that tell of a house and of nobody's treatment.
    public static let houseFacts: [FactKind] = [.roster, .stockMovement, .sanction]

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
}

extension Entry {
    /// The kinds of facts that this entry is there to say, by its kind and its subjects.
    ///
    /// A record that names a patient is theirs; one that names none is a roster, a sanction or a
    /// movement of stock. So an entry of somebody's duty never hides a measurement of somebody
    /// else, and the other way round.
    public var ownFacts: [FactKind] {
        guard kind == .record else { return kind.ownFacts }
        let isOfPatient = subjects.contains { $0.typeNumber == 1 }
        return kind.ownFacts.filter { EntryKind.houseFacts.contains($0) != isOfPatient }
    }

    /// Whether the payload may hold a fact of that kind.
    public func mayHold(_ kind: FactKind) -> Bool {
        let own = ownFacts
        return own.contains(kind) || (!own.isEmpty && EntryKind.contextFacts.contains(kind))
    }
}
