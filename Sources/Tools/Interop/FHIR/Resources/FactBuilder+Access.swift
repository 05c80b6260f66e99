internal import Records

extension FactBuilder {
    /// An access fact that says in words what the header says in numbers.
    init(access header: AccessHeader) {
        self.init(.access)
        set("action", text: AccessWords.name(header.action))
        set("purpose", text: AccessWords.name(header.purpose))
        set("basis", text: AccessWords.name(header.basis))
        set("outcome", text: AccessWords.name(header.outcome))
        set("break_glass", bool: header.basis == .breakGlass)
    }
}

/// The words of access facts, as `docs/formats/entry.md` spells the same numbers.
enum AccessWords {
    static func name(_ action: AccessHeader.Action) -> String {
        switch action {
        case .create: "create"
        case .read: "read"
        case .update: "update"
        case .delete: "delete"
        case .execute: "execute"
        }
    }

    static func name(_ purpose: AccessHeader.Purpose) -> String {
        switch purpose {
        case .treatment: "treatment"
        case .payment: "payment"
        case .operations: "operations"
        case .emergency: "emergency"
        case .research: "research"
        case .publicHealth: "public-health"
        case .patientRequest: "patient-request"
        case .supervision: "supervision"
        case .unstated: "unstated"
        }
    }

    static func name(_ basis: AccessHeader.Basis) -> String {
        switch basis {
        case .relationship: "relationship"
        case .consent: "consent"
        case .breakGlass: "break-glass"
        case .legal: "legal"
        case .none: "none"
        }
    }

    static func name(_ outcome: AccessHeader.Outcome) -> String {
        switch outcome {
        case .success: "success"
        case .minorFailure: "minor-failure"
        case .seriousFailure: "serious-failure"
        case .majorFailure: "major-failure"
        }
    }
}
