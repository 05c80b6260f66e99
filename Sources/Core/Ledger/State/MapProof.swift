internal import Cryptography
public import Primitives

/// The claim that a key has a value under a state root, and the hashes that show it.
///
/// It proves as well that every key between this one and the next is absent. Values come from
/// anybody: nothing is believed before ``root`` equals a root that is.
public struct MapProof: Hashable, Sendable {
    /// How many slots the map has.
    public let slotCount: UInt64
    public let slot: UInt64
    /// The key that stands in the slot.
    public let key: Digest
    /// The next key in sorted order; zero after the greatest.
    public let nextKey: Digest
    public let value: [UInt8]
    /// The hashes beside the way from the leaf to the root, lowest first; absent ones are zero.
    public let path: [Digest]

    public init(
        slotCount: UInt64, slot: UInt64, key: Digest, nextKey: Digest, value: [UInt8],
        path: [Digest]
    ) {
        self.slotCount = slotCount
        self.slot = slot
        self.nextKey = nextKey
        self.key = key
        self.value = value
        self.path = path
    }

    /// The longest value that a proof may carry, in bytes.
    public static let valueByteCountMax = 1 << 20

    /// The state root of the map if the key stands where the proof says, with its value.
    ///
    /// It is nil where the slot lies outside the map or the path has another length.
    public var root: Digest? {
        guard slot < slotCount, path.count == 64 - (slotCount - 1).leadingZeroBitCount else {
            return nil
        }
        var leaf: [UInt8] = []
        leaf.reserveCapacity(64 + value.count)
        leaf.append(key)
        leaf.append(nextKey)
        leaf.append(contentsOf: value)
        var hash = SHA256.leaf(leaf)
        for (level, sibling) in path.enumerated() {
            let isRight = slot >> UInt64(level) & 1 == 1
            hash = isRight ? SHA256.node(sibling, hash) : SHA256.node(hash, sibling)
        }
        return MapProof.root(slotCount: slotCount, tree: hash)
    }

    /// H(0x02 ‖ number of slots ‖ root of the binary tree over the slots).
    static func root(slotCount: UInt64, tree: Digest) -> Digest {
        var bytes: [UInt8] = [2]
        bytes.append(bigEndian: slotCount)
        bytes.append(tree)
        return SHA256.hash(bytes)
    }
}

extension MapProof {
    /// Whether the proof, once its root is believed, shows that no key is `absent`.
    public func excludes(_ absent: Digest) -> Bool {
        key < absent && (nextKey == .zero || absent < nextKey)
    }

    /// Appends the proof, as `docs/formats/proof.md` has it.
    public func encode(into writer: inout CBORWriter) {
        writer.array(6)
        writer.unsigned(slotCount)
        writer.unsigned(slot)
        writer.digest(key)
        writer.digest(nextKey)
        writer.bytes(value)
        writer.array(path.count)
        for hash in path { writer.digest(hash) }
    }

    /// Reads a proof where it stands in a larger item.
    public init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 6)
        slotCount = try reader.unsigned()
        slot = try reader.unsigned()
        key = try reader.digest()
        nextKey = try reader.digest()
        value = Array(try reader.bytes(atMost: MapProof.valueByteCountMax))
        var path: [Digest] = []
        for _ in 0..<(try reader.array(atMost: 64)) { path.append(try reader.digest()) }
        self.path = path
    }
}
