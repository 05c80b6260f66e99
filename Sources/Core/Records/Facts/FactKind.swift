/// What a fact is about.
///
/// The numbers stand in sealed payloads and never change their meaning.
public enum FactKind: UInt8, Sendable, CaseIterable {
    case patient = 1
    case practitioner = 2
    case institution = 3
    case coverage = 4
    case encounter = 5
    case access = 6
    case record = 7
    case consent = 8
    case relationship = 9
    case identityCheck = 10
    case claim = 11
    case claimLine = 12
    case claimResponse = 13
    case prescription = 14
    case dispense = 15
    case administration = 16
    case result = 17
    case stockMovement = 18
    case sanction = 19
    case roster = 20
}

extension FactKind {
    /// The fields that facts of this kind have.
    public var schema: FactSchema {
        switch self {
        case .patient: .patient
        case .practitioner: .practitioner
        case .institution: .institution
        case .coverage: .coverage
        case .encounter: .encounter
        case .access: .access
        case .record: .record
        case .consent: .consent
        case .relationship: .relationship
        case .identityCheck: .identityCheck
        case .claim: .claim
        case .claimLine: .claimLine
        case .claimResponse: .claimResponse
        case .prescription: .prescription
        case .dispense: .dispense
        case .administration: .administration
        case .result: .result
        case .stockMovement: .stockMovement
        case .sanction: .sanction
        case .roster: .roster
        }
    }

    /// The name by which rules call facts of this kind, in snake case.
    public var name: String { schema.name }

    /// The kind that rules call by this name.
    public init?(name: String) {
        guard let kind = FactKind.allCases.first(where: { $0.name == name }) else { return nil }
        self = kind
    }
}
