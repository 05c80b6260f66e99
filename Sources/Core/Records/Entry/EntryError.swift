public import Primitives

/// Why bytes are no entry, or an entry is not what its kind must be.
public enum EntryError: Error, Equatable, Sendable {
    /// The entry is longer than any may be.
    case oversize(byteCount: Int, limit: Int)
    /// The bytes are not in the format of an entry.
    case malformed(CBORError)
    /// A field that the kind requires is absent.
    case missing(EntryField, kind: EntryKind, right: String)
    /// A field stands in an entry whose kind must not have it.
    case unwanted(EntryField, kind: EntryKind, right: String)
    /// A field is there and says what it must not.
    case wrong(EntryField, kind: EntryKind, right: String)
}

/// A field of an entry, by its name in the format's document.
public enum EntryField: UInt8, Sendable {
    case kind = 1
    case number = 4
    case subjects = 6
    case commitment = 7
    case sealedPayload = 8
    case recipients = 9
    case access = 10
    case author = 11
    case body = 12
}

extension EntryField: CustomStringConvertible {
    public var description: String {
        switch self {
        case .kind: "kind (1)"
        case .number: "number (4)"
        case .subjects: "subjects (6)"
        case .commitment: "commitment (7)"
        case .sealedPayload: "digest of the sealed payload (8)"
        case .recipients: "recipients (9)"
        case .access: "access header (10)"
        case .author: "author (11)"
        case .body: "body (12)"
        }
    }
}

extension EntryError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .oversize(let byteCount, let limit):
            "the entry has \(byteCount) bytes; at most \(limit) are allowed"
        case .malformed(let error):
            "the entry is malformed: \(error)"
        case .missing(let field, let kind, let right):
            "the \(kind) entry lacks its \(field); right would be \(right)"
        case .unwanted(let field, let kind, let right):
            "the \(kind) entry has a field too many, \(field); right would be \(right)"
        case .wrong(let field, let kind, let right):
            "the \(kind) entry's \(field) is wrong; right would be \(right)"
        }
    }
}
