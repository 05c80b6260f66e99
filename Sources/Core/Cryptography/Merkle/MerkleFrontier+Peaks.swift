public import Primitives

extension MerkleFrontier {
    /// The hash of a subtree, where it is one of the peaks.
    public func peak(at node: MerkleNode) -> Digest? {
        var start: UInt64 = 0
        for (hash, level) in zip(peaks, levels) {
            if node.level == level, node.range.start == start { return hash }
            start += 1 << UInt64(level)
        }
        return nil
    }

    /// The levels of the peaks, largest first.
    private var levels: [Int] {
        (0..<64).reversed().filter { size >> UInt64($0) & 1 == 1 }
    }
}
