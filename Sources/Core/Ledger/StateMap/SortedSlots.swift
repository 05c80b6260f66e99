internal import Primitives

/// All keys of the state map in order, each with its slot.
///
/// A list of short sorted blocks: to insert moves the keys of one block only, and a block that has
/// grown too long is split.
struct SortedSlots: Sendable {
    /// A key and where its leaf lies.
    struct Item: Sendable {
        let key: Digest
        let slot: Int
    }

    private static let blockCountMax = 256
    private var blocks: [[Item]] = [[Item(key: StateLeaf.sentinel, slot: 0)]]

    /// The greatest item whose key is not above `key`; the sentinel is below everything.
    func floor(_ key: Digest) -> Item {
        let block = blocks[blockIndex(of: key)]
        return block[firstIndex(in: block, above: key) - 1]
    }

    /// The smallest item whose key is above `key`, or nil where `key` is the greatest or beyond.
    func successor(of key: Digest) -> Item? {
        let index = blockIndex(of: key)
        let position = firstIndex(in: blocks[index], above: key)
        if position < blocks[index].count { return blocks[index][position] }
        return index + 1 < blocks.count ? blocks[index + 1].first : nil
    }

    /// Puts in a key that is not there yet.
    mutating func insert(_ item: Item) {
        let index = blockIndex(of: item.key)
        blocks[index].insert(item, at: firstIndex(in: blocks[index], above: item.key))
        guard blocks[index].count > SortedSlots.blockCountMax else { return }
        let half = blocks[index].count / 2
        blocks.insert(Array(blocks[index][half...]), at: index + 1)
        blocks[index].removeSubrange(half...)
    }

    /// The last block whose first key is not above `key`; the first begins with the sentinel.
    private func blockIndex(of key: Digest) -> Int {
        var low = 0
        var high = blocks.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if blocks[middle][0].key <= key { low = middle } else { high = middle }
        }
        return low
    }

    private func firstIndex(in block: [Item], above key: Digest) -> Int {
        var low = 0
        var high = block.count
        while low < high {
            let middle = (low + high) / 2
            if block[middle].key <= key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
