internal import Primitives

/// What of an access stands in clear: action, purpose, kind of basis and outcome.
///
/// Source: actions and outcomes are those of FHIR R4 AuditEvent.
public struct AccessHeader: Hashable, Sendable {
    public let action: Action
    public let purpose: Purpose
    public let basis: Basis
    public let outcome: Outcome

    public init(action: Action, purpose: Purpose, basis: Basis, outcome: Outcome) {
        self.action = action
        self.purpose = purpose
        self.basis = basis
        self.outcome = outcome
    }

    public enum Action: UInt8, CaseIterable, Sendable {
        case create = 1
        case read = 2
        case update = 3
        case delete = 4
        case execute = 5
    }

    public enum Purpose: UInt8, CaseIterable, Sendable {
        case treatment = 1
        case payment = 2
        case operations = 3
        case emergency = 4
        case research = 5
        case publicHealth = 6
        case patientRequest = 7
        case supervision = 8
        case unstated = 9
    }

    /// The kind of ground on which the access was made.
    public enum Basis: UInt8, CaseIterable, Sendable {
        case relationship = 1
        case consent = 2
        case breakGlass = 3
        case legal = 4
        case none = 5
    }

    public enum Outcome: UInt8, CaseIterable, Sendable {
        case success = 0
        case minorFailure = 4
        case seriousFailure = 8
        case majorFailure = 12
    }
}

extension AccessHeader {
    init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 4)
        action = try reader.code("an access action, 1 to 5")
        purpose = try reader.code("a purpose of access, 1 to 9")
        basis = try reader.code("a basis of access, 1 to 5")
        outcome = try reader.code("an outcome of access: 0, 4, 8 or 12")
    }

    func encode(into writer: inout CBORWriter) {
        writer.array(4)
        writer.unsigned(UInt64(action.rawValue))
        writer.unsigned(UInt64(purpose.rawValue))
        writer.unsigned(UInt64(basis.rawValue))
        writer.unsigned(UInt64(outcome.rawValue))
    }
}
