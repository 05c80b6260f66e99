/// What an institution is; the number is the one in its bytes.
public enum InstitutionKind: UInt8, CaseIterable, Sendable {
    case hospital = 1
    case pharmacy = 2
    case insurer = 3
    case regulator = 4
    case auditor = 5
    case identityProvider = 6
    case patientAgent = 7

    /// The kind's name as the format's document writes it.
    public var name: String {
        switch self {
        case .hospital: "hospital"
        case .pharmacy: "pharmacy"
        case .insurer: "insurer"
        case .regulator: "regulator"
        case .auditor: "auditor"
        case .identityProvider: "identity-provider"
        case .patientAgent: "patient-agent"
        }
    }

    /// The kind with this ``name``, or nil.
    public init?(name: String) {
        guard let kind = InstitutionKind.allCases.first(where: { $0.name == name }) else {
            return nil
        }
        self = kind
    }
}

/// The level of administration that an institution belongs to.
public enum Tier: UInt8, CaseIterable, Sendable {
    case nation = 1
    case province = 2
    case city = 3
    case county = 4
    case township = 5
    case village = 6

    /// The tier's name as the format's document writes it.
    public var name: String { "\(self)" }

    /// The tier with this ``name``, or nil.
    public init?(name: String) {
        guard let tier = Tier.allCases.first(where: { $0.name == name }) else { return nil }
        self = tier
    }
}
