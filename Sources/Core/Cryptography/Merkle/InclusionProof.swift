public import Primitives

/// The claim that a leaf stands at a place in a tree, and the sibling hashes that show it.
///
/// Values come from anybody: nothing is checked before ``root(leafHash:)``.
///
/// Source: RFC 9162, section 2.1.3.2.
public struct InclusionProof: Hashable, Sendable {
    public let leafIndex: UInt64
    public let treeSize: UInt64
    /// The hashes beside the way from the leaf to the root, lowest first.
    public let path: [Digest]

    /// The longest path that any tree can need.
    public static let pathCountMax = 64

    public init(leafIndex: UInt64, treeSize: UInt64, path: [Digest]) {
        self.leafIndex = leafIndex
        self.treeSize = treeSize
        self.path = path
    }

    /// The proof that leaf `leafIndex` of a tree stands in one of its subtrees.
    ///
    /// - Throws: ``CryptographyError/notASubtree(start:end:)``, or
    ///   ``CryptographyError/outsideTree(index:treeSize:)`` where the leaf is not in the subtree.
    public init(
        leafIndex: UInt64, subtree: MerkleRange, path: [Digest]
    ) throws(CryptographyError) {
        guard subtree.isSubtree else {
            throw .notASubtree(start: subtree.start, end: subtree.end)
        }
        guard leafIndex >= subtree.start, leafIndex < subtree.end else {
            throw .outsideTree(index: leafIndex, treeSize: subtree.end)
        }
        self.init(
            leafIndex: leafIndex - subtree.start, treeSize: subtree.leafCount, path: path)
    }

    /// The root that the tree has if `leafHash` stands where the proof says.
    ///
    /// - Throws: ``CryptographyError/outsideTree(index:treeSize:)`` or
    ///   ``CryptographyError/proofLength(hashes:expected:)``.
    public func root(leafHash: Digest) throws(CryptographyError) -> Digest {
        guard leafIndex < treeSize else {
            throw .outsideTree(index: leafIndex, treeSize: treeSize)
        }
        // Below this level the way of the leaf is apart from the way of the last leaf, and has a
        // sibling at each level; above it, only where it goes to the right.
        let forkLevel = 64 - (leafIndex ^ (treeSize - 1)).leadingZeroBitCount
        let expected = forkLevel + (leafIndex >> UInt64(forkLevel)).nonzeroBitCount
        guard path.count == expected else {
            throw .proofLength(hashes: path.count, expected: expected)
        }
        var hash = leafHash
        for level in 0..<forkLevel {
            let isRight = leafIndex >> UInt64(level) & 1 == 1
            hash = isRight ? SHA256.node(path[level], hash) : SHA256.node(hash, path[level])
        }
        for level in forkLevel..<path.count {
            hash = SHA256.node(path[level], hash)
        }
        return hash
    }

    /// Returns only if `leafHash` stands where the proof says in the tree with this root.
    ///
    /// - Throws: ``CryptographyError/rootMismatch(computed:expected:)`` or what
    ///   ``root(leafHash:)`` throws.
    public func verify(leafHash: Digest, root expected: Digest) throws(CryptographyError) {
        let computed = try root(leafHash: leafHash)
        guard computed == expected else {
            throw .rootMismatch(computed: computed, expected: expected)
        }
    }
}
