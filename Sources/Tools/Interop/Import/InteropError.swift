/// What is wrong with something that came from outside, and what would be right.
public enum InteropError: Error, Equatable, Sendable {
    /// A file or folder cannot be read at all.
    case unreadable(path: String, reason: String)
    case lineTooLong(byteCountMax: Int)
    case malformedJSON(JSONError)
    case malformedCSV(CSVError)
    /// Something that must be there is not; `expected` says what would be right.
    case missing(expected: String)
    case wrongType(expected: String, found: String)
    /// The text is of the right type and says nothing of the kind that is wanted.
    case notA(expected: String, found: String)
    /// A reference leads nowhere in the input.
    case unresolved(reference: String, expected: String)
    /// The assignment names no institution for an organisation.
    case noInstitution(organization: String)
    /// The identity source knows nobody by this identifier.
    case unknownIdentity(String)
    case tooMany(what: String, count: Int, limit: Int)
    /// A mapping or assignment file is not one; `element` says where.
    case badMapping(file: String, element: String, reason: String)
}

extension InteropError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "\(path) cannot be read: \(reason)"
        case .lineTooLong(let byteCountMax):
            "the line is longer than the \(byteCountMax) bytes that are read"
        case .malformedJSON(let error):
            error.description
        case .malformedCSV(let error):
            error.description
        case .missing(let expected):
            "missing; expected \(expected)"
        case .wrongType(let expected, let found):
            "expected \(expected), found \(found)"
        case .notA(let expected, let found):
            "'\(found.prefix(80))' is not \(expected)"
        case .unresolved(let reference, let expected):
            "'\(reference.prefix(120))' leads to nothing in the input; expected \(expected)"
        case .noInstitution(let organization):
            "no institution is assigned to '\(organization)'; add a rule for it to the assignment"
        case .unknownIdentity(let identifier):
            "the identity source has no id for '\(identifier)'"
        case .tooMany(let what, let count, let limit):
            "\(count) \(what); at most \(limit) fit"
        case .badMapping(let file, let element, let reason):
            "\(file): \(element.isEmpty ? "" : "\(element): ")\(reason)"
        }
    }
}
