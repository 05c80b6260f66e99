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

    /// How many batches the blocks have together, at most: some 40 bytes each.
    private static let batchCountMax = 1 << 17

    /// The block that holds a leaf; nil where it is not known here.
    func block(ofLeaf leaf: UInt64) -> IndexedBlock? {
        let end = blocks.indices.partitioningIndex { blocks[$0].firstLeaf > leaf }
        guard end > 0 else { return nil }
        let block = blocks[end - 1]
        return leaf - block.firstLeaf < block.count ? block : nil
    }

    /// Takes in a block that was not known; forgets all others where there is no room.
    mutating func add(_ block: IndexedBlock) {
        batchCount += max(1, block.batches.count)
        if batchCount > BlockDirectory.batchCountMax {
            blocks.removeAll(keepingCapacity: true)
            batchCount = max(1, block.batches.count)
        }
        let place = blocks.indices.partitioningIndex { blocks[$0].firstLeaf > block.firstLeaf }
        blocks.insert(block, at: place)
    }
}
