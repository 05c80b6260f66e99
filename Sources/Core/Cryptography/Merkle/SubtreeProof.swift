public import Primitives

/// The claim that the leaves of a subtree stand in a tree, and the hashes that show it.
///
/// A consistency proof is the case of a subtree that starts at 0; an inclusion proof is the case
/// of a single leaf.
///
/// Source: the recursion of RFC 9162, section 2.1.4.1, for any start; draft-ietf-plants-merkle-
/// tree-certs, section 4.
public struct SubtreeProof: Hashable, Sendable {
    public let subtree: MerkleRange
    public let treeSize: UInt64
    public let path: [Digest]

    public init(subtree: MerkleRange, treeSize: UInt64, path: [Digest]) {
        self.subtree = subtree
        self.treeSize = treeSize
        self.path = path
    }

    /// Returns only if the subtree with `subtreeRoot` lies in the tree with `root`.
    ///
    /// The range without leaves lies in every tree that reaches it, and its root is that of the
    /// empty tree.
    ///
    /// - Throws: ``CryptographyError/notASubtree(start:end:)``,
    ///   ``CryptographyError/outsideTree(index:treeSize:)``,
    ///   ``CryptographyError/proofLength(hashes:expected:)`` or
    ///   ``CryptographyError/rootMismatch(computed:expected:)``.
    public func verify(subtreeRoot: Digest, root: Digest) throws(CryptographyError) {
        if subtree.start == subtree.end, subtree.end <= treeSize {
            guard path.isEmpty else { throw .proofLength(hashes: path.count, expected: 0) }
            return try SubtreeProof.require(subtreeRoot, equals: MerkleTree.emptyRoot)
        }
        let expected = try MerklePlan.subtree(subtree, treeSize: treeSize).count
        guard path.count == expected else {
            throw .proofLength(hashes: path.count, expected: expected)
        }
        var rest = path[...]
        let whole = MerkleRange(start: 0, end: treeSize)
        let roots = SubtreeProof.fold(
            &rest, from: subtree, to: whole, known: subtreeRoot)
        try SubtreeProof.require(roots.part, equals: subtreeRoot)
        try SubtreeProof.require(roots.whole, equals: root)
    }

    /// The hashes of `part` and `whole` that the next hashes of `path` lead to.
    ///
    /// It goes the way of ``MerklePlan``, which has counted the hashes beforehand. Depth: 64.
    private static func fold(
        _ path: inout ArraySlice<Digest>, from part: MerkleRange, to whole: MerkleRange,
        known: Digest?
    ) -> (part: Digest, whole: Digest) {
        guard part != whole else {
            let hash = known ?? path.removeFirst()
            return (hash, hash)
        }
        let (left, right) = whole.halves
        if part.end <= left.end {
            let below = fold(&path, from: part, to: left, known: known)
            return (below.part, SHA256.node(below.whole, path.removeFirst()))
        }
        if part.start >= right.start {
            let below = fold(&path, from: part, to: right, known: known)
            return (below.part, SHA256.node(path.removeFirst(), below.whole))
        }
        let rest = MerkleRange(start: right.start, end: part.end)
        let below = fold(&path, from: rest, to: right, known: nil)
        let leftHash = path.removeFirst()
        return (SHA256.node(leftHash, below.part), SHA256.node(leftHash, below.whole))
    }

    private static func require(
        _ computed: Digest, equals expected: Digest
    ) throws(CryptographyError) {
        guard computed == expected else {
            throw .rootMismatch(computed: computed, expected: expected)
        }
    }
}
