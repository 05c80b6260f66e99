public import Primitives

/// The address of a complete subtree: 2^`level` leaves, the `index`-th such group from the left.
///
/// Once complete, a node's hash never changes, however the tree grows: a store of them, filled by
/// ``MerkleFrontier/append(_:completed:)``, serves proofs for any leaf and any size.
public struct MerkleNode: Hashable, Sendable {
    public let level: Int
    public let index: UInt64

    public init(level: Int, index: UInt64) {
        self.level = level
        self.index = index
    }

    /// The leaves under the node.
    public var range: MerkleRange {
        let width: UInt64 = 1 << UInt64(level)
        return MerkleRange(start: index &* width, end: (index &+ 1) &* width)
    }
}

extension MerkleNode: Comparable {
    /// By level, then from left to right.
    public static func < (left: MerkleNode, right: MerkleNode) -> Bool {
        left.level != right.level ? left.level < right.level : left.index < right.index
    }
}

extension MerkleRange {
    /// The hash over the range, from the stored hashes of its complete subtrees.
    ///
    /// - Returns: the hash of the empty tree where the range is no subtree.
    /// - Throws: what `read` throws.
    public func hash<Failure: Error>(
        _ read: (MerkleNode) throws(Failure) -> Digest
    ) throws(Failure) -> Digest {
        let nodes = nodes
        guard let last = nodes.last else { return MerkleTree.emptyRoot }
        var hash = try read(last)
        for node in nodes.dropLast().reversed() {
            hash = SHA256.node(try read(node), hash)
        }
        return hash
    }
}
