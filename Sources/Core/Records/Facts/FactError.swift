public import Primitives

/// Why a fact cannot be made or read.
public enum FactError: Error, Equatable, Sendable {
    case malformed(CBORError)
    case unknownKind(UInt64)
    case noSuchField(kind: FactKind, name: String)
    case noSuchFieldNumber(kind: FactKind, number: UInt64)
    case wrongType(kind: FactKind, name: String, expected: FactType)
}

extension FactError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformed(let error):
            "the fact is malformed: \(error)"
        case .unknownKind(let number):
            "there is no kind of fact with the number \(number)"
        case .noSuchField(let kind, let name):
            "a \(kind.name) has no field '\(name)'; it has "
                + kind.schema.fields.map(\.name).joined(separator: ", ")
        case .noSuchFieldNumber(let kind, let number):
            "a \(kind.name) has no field number \(number)"
        case .wrongType(let kind, let name, let expected):
            "the field '\(name)' of a \(kind.name) holds \(expected)"
        }
    }
}
