/// The leaves from `start` up to and without `end`: what one hash of a proof stands for.
public struct MerkleRange: Hashable, Sendable {
    public let start: UInt64
    public let end: UInt64

    /// The range with these bounds; hostile ones give a range that ``isSubtree`` denies.
    public init(start: UInt64, end: UInt64) {
        self.start = start
        self.end = end
    }

    /// How many leaves the range has; none where its end lies before its start.
    public var leafCount: UInt64 { end > start ? end - start : 0 }

    /// Whether some tree has exactly these leaves under one node.
    ///
    /// So it is where `start` is a multiple of the smallest power of two not below the width.
    public var isSubtree: Bool {
        guard end > start else { return false }
        let level = 64 - (end - start - 1).leadingZeroBitCount
        return level > 63 ? start == 0 : start & ((1 << UInt64(level)) - 1) == 0
    }

    /// The complete subtrees that the range falls into, largest first.
    ///
    /// There is one for each set bit of the width; none unless the range is a subtree.
    public var nodes: [MerkleNode] {
        guard isSubtree else { return [] }
        var nodes: [MerkleNode] = []
        var first = start
        var rest = leafCount
        while rest > 0 {
            let level = 63 - rest.leadingZeroBitCount
            nodes.append(MerkleNode(level: level, index: first >> UInt64(level)))
            first &+= 1 << UInt64(level)
            rest -= 1 << UInt64(level)
        }
        return nodes
    }
}

extension MerkleRange: CustomStringConvertible {
    public var description: String { "\(start)..<\(end)" }
}
