public import Primitives

/// The claim that a tree is the start of a larger one, and the hashes that show it.
///
/// Values come from anybody: nothing is checked before ``verify(firstRoot:secondRoot:)``.
///
/// Source: RFC 9162, section 2.1.4.2.
public struct ConsistencyProof: Hashable, Sendable {
    public let firstSize: UInt64
    public let secondSize: UInt64
    public let path: [Digest]

    public init(firstSize: UInt64, secondSize: UInt64, path: [Digest]) {
        self.firstSize = firstSize
        self.secondSize = secondSize
        self.path = path
    }

    /// Returns only if the tree with `firstRoot` is the start of the one with `secondRoot`.
    ///
    /// The sizes must be those that were signed with the roots.
    ///
    /// - Throws: ``CryptographyError/treeSizes(first:second:)``,
    ///   ``CryptographyError/proofLength(hashes:expected:)`` or
    ///   ``CryptographyError/rootMismatch(computed:expected:)``.
    public func verify(firstRoot: Digest, secondRoot: Digest) throws(CryptographyError) {
        guard firstSize > 0, firstSize <= secondSize else {
            throw .treeSizes(first: firstSize, second: secondSize)
        }
        let first = MerkleRange(start: 0, end: firstSize)
        try SubtreeProof(subtree: first, treeSize: secondSize, path: path)
            .verify(subtreeRoot: firstRoot, root: secondRoot)
    }
}
