/// Which ranges of leaves the hashes of a proof stand for, in the order of the proof.
///
/// Plan first, then read: a store turns each range into the complete subtrees that it holds
/// (``MerkleRange/nodes``) and folds them (``MerkleRange/hash(_:)``). A plan costs O(log size).
public enum MerklePlan {
    /// The ranges of the proof that leaf `leafIndex` stands in a tree of `treeSize` leaves.
    ///
    /// - Throws: ``CryptographyError/outsideTree(index:treeSize:)``.
    public static func inclusion(
        of leafIndex: UInt64, treeSize: UInt64
    ) throws(CryptographyError) -> [MerkleRange] {
        guard leafIndex < treeSize else {
            throw .outsideTree(index: leafIndex, treeSize: treeSize)
        }
        return ranges(
            of: MerkleRange(start: leafIndex, end: leafIndex + 1),
            in: MerkleRange(start: 0, end: treeSize), isKnown: true)
    }

    /// The ranges of the proof that a tree of `firstSize` leaves is the start of a larger one.
    ///
    /// - Throws: ``CryptographyError/treeSizes(first:second:)``.
    public static func consistency(
        from firstSize: UInt64, to secondSize: UInt64
    ) throws(CryptographyError) -> [MerkleRange] {
        guard firstSize > 0, firstSize <= secondSize else {
            throw .treeSizes(first: firstSize, second: secondSize)
        }
        return ranges(
            of: MerkleRange(start: 0, end: firstSize),
            in: MerkleRange(start: 0, end: secondSize), isKnown: true)
    }

    /// The ranges of the proof that the leaves of `subtree` stand in a tree of `treeSize` leaves.
    ///
    /// - Throws: ``CryptographyError/notASubtree(start:end:)`` or
    ///   ``CryptographyError/outsideTree(index:treeSize:)``.
    public static func subtree(
        _ subtree: MerkleRange, treeSize: UInt64
    ) throws(CryptographyError) -> [MerkleRange] {
        guard subtree.isSubtree else {
            throw .notASubtree(start: subtree.start, end: subtree.end)
        }
        guard subtree.end <= treeSize else {
            throw .outsideTree(index: subtree.end - 1, treeSize: treeSize)
        }
        return ranges(
            of: subtree, in: MerkleRange(start: 0, end: treeSize), isKnown: true)
    }

    /// PATH and SUBPROOF of RFC 9162 in one: the siblings on the way from `part` up to `whole`.
    ///
    /// `isKnown` says that the verifier has the hash of `part` already.
    private static func ranges(
        of part: MerkleRange, in whole: MerkleRange, isKnown: Bool
    ) -> [MerkleRange] {
        guard part != whole else { return isKnown ? [] : [whole] }
        let (left, right) = whole.halves
        if part.end <= left.end {
            return ranges(of: part, in: left, isKnown: isKnown) + [right]
        }
        if part.start >= right.start {
            return ranges(of: part, in: right, isKnown: isKnown) + [left]
        }
        // The part is the whole left half and the start of the right one.
        let rest = MerkleRange(start: right.start, end: part.end)
        return ranges(of: rest, in: right, isKnown: false) + [left]
    }
}

extension MerkleRange {
    /// The ranges of the two subtrees below; only of a range of two leaves and more.
    var halves: (left: MerkleRange, right: MerkleRange) {
        let middle = start + MerkleTree.leftWidth(of: leafCount)
        return (MerkleRange(start: start, end: middle), MerkleRange(start: middle, end: end))
    }
}
