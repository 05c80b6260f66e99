public import Cryptography
public import Primitives
public import Records

/// The tree over a record's salted segments, whose root its entry shows.
public struct SegmentTree: Sendable {
    private let leaves: [Digest]

    public init(_ segments: [Segment]) {
        leaves = segments.enumerated().map { SHA256.leaf($1.leafBytes(at: $0)) }
    }

    public var root: Digest { MerkleTree.root(of: leaves) }

    /// The hashes that show that the segment at a place is one of the tree.
    ///
    /// - Throws: ``CryptographyError/outsideTree(index:treeSize:)``.
    public func path(to place: Int) throws(CryptographyError) -> [Digest] {
        try MerkleTree.inclusionProof(of: place, in: leaves).path
    }
}
