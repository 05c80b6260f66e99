/// What a key of the state map is about; the number is hashed with the key.
///
/// Source: `docs/formats/state.md`.
public enum StateSpace: UInt8, Sendable, CaseIterable {
    case institution = 1
    case nextNumber = 2
    case credential = 3
    case parameters = 4
    case rule = 5
    case finding = 6
    case ledger = 7

    case patientTerm = 16
    case practitionerTerm = 17
    case institutionTerm = 18
    case streamTerm = 19
    case actionTerm = 20
    case kindTerm = 21
    case institutionDayTerm = 22

    /// Whether the values of this space are heads of terms.
    public var isTerm: Bool { rawValue >= StateSpace.patientTerm.rawValue }
}
