public import Primitives

/// A tree that only grows, remembered by its peaks: the roots of its complete subtrees.
///
/// There is one peak for each set bit of the size, at most 64. Appending costs one node hash on
/// average; the peaks array grows in place.
public struct MerkleFrontier: Hashable, Sendable {
    /// How many leaves the tree has.
    public private(set) var size: UInt64
    /// The hashes of the complete subtrees, largest (leftmost) first.
    public private(set) var peaks: [Digest]

    /// The tree without leaves.
    public init() {
        size = 0
        peaks = []
    }

    /// The tree with these peaks.
    ///
    /// - Throws: ``CryptographyError/peaks(count:treeSize:)`` unless there is one a set bit of
    ///   `size`.
    public init(size: UInt64, peaks: [Digest]) throws(CryptographyError) {
        guard peaks.count == size.nonzeroBitCount else {
            throw .peaks(count: peaks.count, treeSize: size)
        }
        self.size = size
        self.peaks = peaks
    }

    /// The root over all leaves so far: the peaks, folded from the right.
    public var root: Digest {
        guard var root = peaks.last else { return MerkleTree.emptyRoot }
        for peak in peaks.dropLast().reversed() {
            root = SHA256.node(peak, root)
        }
        return root
    }

    /// Adds a leaf at the right end.
    public mutating func append(_ leafHash: Digest) {
        append(leafHash) { _, _ in }
    }

    /// Adds a whole subtree of 2^`level` leaves at the right end.
    ///
    /// The size must be a multiple of its leaves.
    public mutating func append(subtree: Digest, level: Int) {
        precondition(size.trailingZeroBitCount >= level, "no subtree of this level begins here")
        var hash = subtree
        for _ in 0..<(~(size >> UInt64(level))).trailingZeroBitCount {
            hash = SHA256.node(peaks.removeLast(), hash)
        }
        peaks.append(hash)
        size += 1 << UInt64(level)
    }

    /// Adds a leaf at the right end and tells of each subtree that it completes, itself first.
    public mutating func append(
        _ leafHash: Digest, completed: (MerkleNode, Digest) -> Void
    ) {
        var hash = leafHash
        completed(MerkleNode(level: 0, index: size), hash)
        for level in 0..<(~size).trailingZeroBitCount {
            hash = SHA256.node(peaks.removeLast(), hash)
            completed(MerkleNode(level: level + 1, index: size >> UInt64(level + 1)), hash)
        }
        peaks.append(hash)
        size += 1
    }
}
