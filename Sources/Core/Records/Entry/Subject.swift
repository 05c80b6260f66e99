public import Primitives

/// Whom or what an entry concerns, by an id that says nothing to a stranger.
public enum Subject: Hashable, Sendable {
    /// A patient, by the pseudonym of an epoch.
    case patient(OpaqueID)
    case practitioner(OpaqueID)
    /// An institution other than the issuer.
    case institution(InstitutionID)
    case claim(OpaqueID)
    case prescription(OpaqueID)

    /// The number of the type in the entry's bytes, 1 to 5.
    public var typeNumber: UInt8 {
        switch self {
        case .patient: 1
        case .practitioner: 2
        case .institution: 3
        case .claim: 4
        case .prescription: 5
        }
    }

    /// The id of every subject but an institution.
    public var opaqueID: OpaqueID? {
        switch self {
        case .patient(let id), .practitioner(let id), .claim(let id), .prescription(let id): id
        case .institution: nil
        }
    }
}

extension Subject: Comparable {
    /// By type, then by the bytes of the id: the order in which an entry lists them.
    public static func < (left: Subject, right: Subject) -> Bool {
        switch (left, right) {
        case (.institution(let left), .institution(let right)): return left < right
        default:
            if left.typeNumber != right.typeNumber { return left.typeNumber < right.typeNumber }
            guard let left = left.opaqueID, let right = right.opaqueID else { return false }
            return left < right
        }
    }
}

extension Subject: CustomStringConvertible {
    public var description: String {
        switch self {
        case .patient(let id): "patient \(id)"
        case .practitioner(let id): "practitioner \(id)"
        case .institution(let id): "institution \(id)"
        case .claim(let id): "claim \(id)"
        case .prescription(let id): "prescription \(id)"
        }
    }
}

extension Subject {
    init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 2)
        let start = reader.offset
        switch try reader.unsigned("subject type", atMost: 5) {
        case 1: self = .patient(try reader.opaqueID())
        case 2: self = .practitioner(try reader.opaqueID())
        case 3: self = .institution(try reader.institution())
        case 4: self = .claim(try reader.opaqueID())
        case 5: self = .prescription(try reader.opaqueID())
        case let other:
            throw .unexpected(
                offset: start, expected: "a subject type, 1 to 5", found: "\(other)")
        }
    }

    func encode(into writer: inout CBORWriter) {
        writer.array(2)
        writer.unsigned(UInt64(typeNumber))
        switch self {
        case .institution(let id): writer.institution(id)
        case .patient(let id), .practitioner(let id), .claim(let id), .prescription(let id):
            writer.bytes(id.bytes)
        }
    }
}
