internal import Primitives

/// The blocks that were looked into last: which leaves each has, when it was decided, and what its
/// batches are called.
///
/// With it a look-up by leaf asks the disk for the entry, and for nothing that other look-ups
/// asked for before.
struct BlockDirectory {
    /// By their leaves, increasing.
    private var blocks: [IndexedBlock] = []
    private var batchCount = 0

    /// How many batches the blocks have together, at most: 40 bytes each, and 90 for each block.
    private static let batchCountMax = 1 << 17

    /// The block that holds a leaf; nil where it is not known here.
    func block(ofLeaf leaf: UInt64) -> IndexedBlock? {
        let end = blocks.indices.partitioningIndex { blocks[$0].firstLeaf > leaf }
        guard end > 0 else { return nil }
        let block = blocks[end - 1]
        return block.position(of: leaf) == nil ? nil : block
    }

    /// Takes in a block that was not known; forgets the half that is farther from it where there
    /// is no room.
    mutating func add(_ block: IndexedBlock) {
        var place = blocks.indices.partitioningIndex { blocks[$0].firstLeaf > block.firstLeaf }
        let cost = max(1, block.batches.count)
        while batchCount + cost > BlockDirectory.batchCountMax, !blocks.isEmpty {
            let half = max(1, blocks.count / 2)
            if place >= half {
                blocks.removeFirst(half)
                place -= half
            } else {
                blocks.removeLast(half)
            }
            batchCount = blocks.reduce(0) { $0 + max(1, $1.batches.count) }
        }
        batchCount += cost
        blocks.insert(block, at: place)
    }
}
