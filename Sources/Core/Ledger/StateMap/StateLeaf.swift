internal import Cryptography
public import Primitives

/// The hashes that the state map is made of.
///
/// Source: `docs/formats/state.md`.
public enum StateLeaf {
    /// The key of slot 0, and the next of the greatest key.
    public static let sentinel = Digest.zero

    /// A subtree without slots.
    public static let absent = Digest.zero

    /// The value of a key that was deleted: CBOR null.
    public static let deleted: [UInt8] = [0xf6]

    /// H(0x00 ‖ key ‖ next key ‖ value).
    public static func hash(key: Digest, next: Digest, value: [UInt8]) -> Digest {
        var hasher = SHA256.Hasher()
        hasher.update(byte: 0)
        hasher.update(key)
        hasher.update(next)
        hasher.update(value)
        return hasher.finish()
    }

    /// H(0x01 ‖ left ‖ right), or the absent subtree where both are absent.
    public static func node(_ left: Digest, _ right: Digest) -> Digest {
        if left == absent, right == absent { return absent }
        return SHA256.node(left, right)
    }

    /// H(0x02 ‖ number of slots ‖ root of the tree over the slots).
    public static func root(slotCount: UInt64, treeRoot: Digest) -> Digest {
        var hasher = SHA256.Hasher()
        hasher.update(byte: 2)
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            hasher.update(byte: UInt8(truncatingIfNeeded: slotCount >> shift))
        }
        hasher.update(treeRoot)
        return hasher.finish()
    }

    /// How many levels lie between a leaf and the root of a tree over so many slots.
    public static func depth(slotCount: UInt64) -> Int {
        slotCount <= 1 ? 0 : UInt64.bitWidth - (slotCount - 1).leadingZeroBitCount
    }
}
