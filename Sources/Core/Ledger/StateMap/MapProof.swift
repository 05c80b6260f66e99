public import Primitives

/// The proof of what stands under a key of the state map, or that nothing does: one leaf and its
/// path.
///
/// Source: `docs/formats/proof.md`, `map-proof`.
public struct MapProof: Hashable, Sendable {
    public let slotCount: UInt64
    public let slot: UInt64
    /// The leaf's own key: the one asked for, or its predecessor where that is absent.
    public let key: Digest
    /// The next key in sorted order; 32 zero bytes after the greatest.
    public let next: Digest
    public let value: [UInt8]
    /// The sibling hashes, from the leaf up.
    public let path: [Digest]

    /// What a proof says of a key.
    public enum Answer: Hashable, Sendable {
        case present(value: [UInt8])
        case absent
    }

    /// Why a proof proves nothing.
    public enum Refusal: Error, Hashable, Sendable {
        /// The slot does not lie in the map, or the path has another length than the map's depth.
        case shape(slot: UInt64, slotCount: UInt64, pathCount: Int)
        /// The leaf and the path give another state root.
        case root(computed: Digest, expected: Digest)
        /// The leaf is about other keys: neither this one nor a gap around it.
        case otherKey(Digest)
    }

    public init(
        slotCount: UInt64, slot: UInt64, key: Digest, next: Digest, value: [UInt8], path: [Digest]
    ) {
        self.slotCount = slotCount
        self.slot = slot
        self.key = key
        self.next = next
        self.value = value
        self.path = path
    }

    /// What the proof says of `asked` under a state root that is trusted.
    ///
    /// - Throws: ``Refusal`` where it proves nothing about that key or under that root.
    public func answer(to asked: Digest, under root: Digest) throws(Refusal) -> Answer {
        guard slot < slotCount, path.count == StateLeaf.depth(slotCount: slotCount) else {
            throw .shape(slot: slot, slotCount: slotCount, pathCount: path.count)
        }
        var hash = StateLeaf.hash(key: key, next: next, value: value)
        for (level, sibling) in path.enumerated() {
            let isRight = slot >> UInt64(level) & 1 == 1
            hash = isRight ? StateLeaf.node(sibling, hash) : StateLeaf.node(hash, sibling)
        }
        let computed = StateLeaf.root(slotCount: slotCount, treeRoot: hash)
        guard computed == root else { throw .root(computed: computed, expected: root) }
        if key == asked, asked != StateLeaf.sentinel { return .present(value: value) }
        guard key < asked, asked < next || next == StateLeaf.sentinel else {
            throw .otherKey(asked)
        }
        return .absent
    }
}

extension MapProof {
    /// The most slots that a proof may speak of; 2⁴⁰ is far beyond any ledger.
    private static let pathCountMax = 40

    /// Appends the proof, as `docs/formats/proof.md` has it.
    public func encode(into writer: inout CBORWriter) {
        writer.array(6)
        writer.unsigned(slotCount)
        writer.unsigned(slot)
        writer.digest(key)
        writer.digest(next)
        writer.bytes(value)
        writer.array(path.count)
        for hash in path { writer.digest(hash) }
    }

    /// Reads a proof; that it proves something is for ``answer(to:under:)`` to say.
    public static func decode(from reader: inout CBORReader) throws(CBORError) -> MapProof {
        try reader.array(exactly: 6)
        let slotCount = try reader.unsigned("slot count", atMost: 1 << UInt64(pathCountMax))
        let slot = try reader.unsigned("slot", atMost: 1 << UInt64(pathCountMax))
        let key = try reader.digest()
        let next = try reader.digest()
        let value = Array(try reader.bytes(atMost: 1 << 20))
        var path: [Digest] = []
        for _ in 0..<(try reader.array(atMost: pathCountMax)) {
            path.append(try reader.digest())
        }
        return MapProof(
            slotCount: slotCount, slot: slot, key: key, next: next, value: value, path: path)
    }
}
