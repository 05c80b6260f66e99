public import Primitives

/// The short name of a public key: the first 16 bytes of the SHA-256 of its compressed form.
///
/// It names a key in a signed message; what the key may do stands in the ledger's state.
public struct KeyID: Hashable, Comparable, Sendable {
    public let id: OpaqueID

    /// How many bytes every key id has.
    public static let byteCount = OpaqueID.byteCount

    public init(_ id: OpaqueID) {
        self.id = id
    }

    /// The id with these bytes, or nil unless there are exactly 16.
    public init?(_ bytes: some Collection<UInt8>) {
        guard let id = OpaqueID(bytes) else { return nil }
        self.id = id
    }

    public var bytes: [UInt8] { id.bytes }

    public static func < (left: KeyID, right: KeyID) -> Bool {
        left.id < right.id
    }
}

extension KeyID: CustomStringConvertible {
    public var description: String { id.description }
}

extension CBORWriter {
    public mutating func keyID(_ id: KeyID) {
        bytes(id.bytes)
    }
}

extension CBORReader {
    public mutating func keyID() throws(CBORError) -> KeyID {
        let start = offset
        guard let id = KeyID(try bytes(exactly: KeyID.byteCount)) else {
            throw .truncated(offset: start)
        }
        return id
    }
}
