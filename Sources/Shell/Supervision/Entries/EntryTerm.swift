public import Primitives
public import Records

/// What entries are looked up by on this node.
public enum EntryTerm: Hashable, Sendable {
    case subject(Subject)
    case issuer(InstitutionID)

    /// Type, id and, for ids of variable length, a zero byte: what stands before the leaf index.
    var bytes: [UInt8] {
        switch self {
        case .issuer(let id): [0] + Array(id.name.utf8) + [0]
        case .subject(.institution(let id)): [3] + Array(id.name.utf8) + [0]
        case .subject(let subject): [subject.typeNumber] + (subject.opaqueID?.bytes ?? [])
        }
    }
}

extension Entry {
    /// Every term under which this node lists the entry.
    var terms: [EntryTerm] { [.issuer(issuer)] + subjects.map(EntryTerm.subject) }
}
