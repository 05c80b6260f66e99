internal import Cryptography
public import Primitives

/// A key of the state map, as it is meant: a space, and bytes within it.
///
/// Source: `docs/formats/state.md`.
public struct StateKey: Hashable, Sendable {
    public let space: StateSpace
    public let bytes: [UInt8]

    public init(_ space: StateSpace, _ bytes: [UInt8] = []) {
        self.space = space
        self.bytes = bytes
    }

    /// The key as it stands in the map: its hash under the ledger's id.
    public func digest(in ledger: LedgerID) -> Digest {
        var hasher = StateKey.prefix(of: ledger)
        hasher.update(byte: space.rawValue)
        hasher.update(bytes)
        return hasher.finish()
    }

    /// The hasher that has read what all keys of a ledger begin with.
    static func prefix(of ledger: LedgerID) -> SHA256.Hasher {
        var hasher = SHA256.Hasher()
        hasher.update("custos state")
        hasher.update(ledger.digest)
        return hasher
    }
}
