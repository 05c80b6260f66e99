public import Primitives

/// The hash tree of RFC 9162 over stored leaf hashes, by its definition.
///
/// It is what everything quicker is tested against: proofs are the formulas of the RFC, and roots
/// are tested against them. Root: one hash an inner node, level by level, in a copy of the leaves.
/// Proofs: the same, for the leaves off the path.
///
/// Source: RFC 9162, sections 2.1.1 to 2.1.4.
public enum MerkleTree {
    /// The root of the tree without leaves: the SHA-256 of nothing.
    public static let emptyRoot = SHA256.hash([UInt8]())

    /// The root over `leafHashes`, in their order.
    public static func root(of leafHashes: [Digest]) -> Digest {
        root(of: leafHashes[...])
    }

    /// The root over `leafHashes`, in their order.
    ///
    /// The left subtree of the RFC is always full, so nodes pair from the left on every level, and
    /// one that has no neighbour belongs, as it is, to the level above.
    public static func root(of leafHashes: ArraySlice<Digest>) -> Digest {
        guard let first = leafHashes.first else { return emptyRoot }
        guard leafHashes.count > 1 else { return first }
        var level = Array(leafHashes)
        var count = level.count
        while count > 1 {
            var span = level.mutableSpan
            SHA256.replaceByNodes(&span, first: count)
            if count % 2 == 1 { span[count / 2] = span[count - 1] }
            count = (count + 1) / 2
        }
        return level[0]
    }

    /// The proof that leaf `index` stands in the tree over `leafHashes`.
    ///
    /// - Throws: ``CryptographyError/outsideTree(index:treeSize:)``.
    public static func inclusionProof(
        of index: Int, in leafHashes: [Digest]
    ) throws(CryptographyError) -> InclusionProof {
        guard leafHashes.indices.contains(index) else {
            throw .outsideTree(
                index: UInt64(clamping: index), treeSize: UInt64(leafHashes.count))
        }
        return InclusionProof(
            leafIndex: UInt64(index), treeSize: UInt64(leafHashes.count),
            path: path(to: index, in: leafHashes[...]))
    }

    /// The proof that the tree over the first `firstSize` leaves is the start of this one.
    ///
    /// - Throws: ``CryptographyError/treeSizes(first:second:)`` where `firstSize` is 0 or more
    ///   than there are leaves.
    public static func consistencyProof(
        from firstSize: Int, in leafHashes: [Digest]
    ) throws(CryptographyError) -> ConsistencyProof {
        guard (1...max(1, leafHashes.count)).contains(firstSize), !leafHashes.isEmpty else {
            throw .treeSizes(
                first: UInt64(clamping: firstSize), second: UInt64(leafHashes.count))
        }
        return ConsistencyProof(
            firstSize: UInt64(firstSize), secondSize: UInt64(leafHashes.count),
            path: subproof(of: firstSize, in: leafHashes[...], isKnown: true))
    }

    /// PATH(m, D_n) of RFC 9162, section 2.1.3.1.
    private static func path(to index: Int, in leaves: ArraySlice<Digest>) -> [Digest] {
        guard leaves.count > 1 else { return [] }
        let (left, right) = split(leaves)
        return index < left.count
            ? path(to: index, in: left) + [root(of: right)]
            : path(to: index - left.count, in: right) + [root(of: left)]
    }

    /// SUBPROOF(m, D_n, b) of RFC 9162, section 2.1.4.1.
    private static func subproof(
        of size: Int, in leaves: ArraySlice<Digest>, isKnown: Bool
    ) -> [Digest] {
        guard size < leaves.count else { return isKnown ? [] : [root(of: leaves)] }
        let (left, right) = split(leaves)
        return size <= left.count
            ? subproof(of: size, in: left, isKnown: isKnown) + [root(of: right)]
            : subproof(of: size - left.count, in: right, isKnown: false) + [root(of: left)]
    }

    private static func split(
        _ leaves: ArraySlice<Digest>
    ) -> (left: ArraySlice<Digest>, right: ArraySlice<Digest>) {
        let middle = leaves.startIndex + Int(leftWidth(of: UInt64(leaves.count)))
        return (leaves[..<middle], leaves[middle...])
    }

    /// How many of `leafCount` leaves stand in the left subtree: the largest power of two below.
    static func leftWidth(of leafCount: UInt64) -> UInt64 {
        precondition(leafCount > 1, "a tree of \(leafCount) leaves has no two subtrees")
        return 1 << UInt64(63 - (leafCount - 1).leadingZeroBitCount)
    }
}
