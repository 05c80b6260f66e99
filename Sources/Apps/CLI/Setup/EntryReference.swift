internal import ArgumentParser
internal import Node
internal import Primitives
internal import Records

/// An entry as a person names it: by leaf, by number, or by the hash of its leaf.
///
/// `17`, `county-hospital/0/5` or 64 hexadecimal digits.
enum EntryReference: ExpressibleByArgument, Equatable {
    case leaf(UInt64)
    case number(InstitutionID, StreamID, UInt64)
    case hash(Digest)

    init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count == 3, let issuer = InstitutionID(String(parts[0])),
            let stream = UInt16(parts[1]), let number = UInt64(parts[2])
        {
            self = .number(issuer, StreamID(stream), number)
        } else if let leaf = UInt64(argument), argument.utf8.count < 20 {
            self = .leaf(leaf)
        } else if let hash = Digest(hex: argument) {
            self = .hash(hash)
        } else {
            return nil
        }
    }

    /// The entry, as the node has it.
    func find(_ client: NodeClient) async throws -> EntryAnswer {
        switch self {
        case .leaf(let leaf): try await client.entry(leaf: leaf)
        case .hash(let hash): try await client.entry(hash: hash)
        case .number(let issuer, let stream, let number):
            try await client.entry(issuer, stream, number: number)
        }
    }
}
