internal import Cryptography
internal import Primitives

/// Which entries of a block stand under which terms.
struct Postings {
    /// Place of the term among the block's changes, position of the entry in the block.
    private var list: [(item: UInt32, position: UInt32)] = []

    mutating func reserve(_ count: Int) {
        list.reserveCapacity(count)
    }

    @inline(__always)
    mutating func add(_ item: Int, _ position: UInt32) {
        list.append((UInt32(item), position))
    }

    /// What runs name of a block.
    struct Leaves {
        let height: Height
        /// The leaf index of its first entry.
        let first: UInt64
        /// The hashes of its entries, in order.
        let hashes: [Digest]
    }

    /// Gives each head the run of its term, in the order of slots.
    func close(
        _ growing: inout GrowingHeads, in overlay: inout StateOverlay, _ block: Leaves
    ) -> RunsRow {
        guard !list.isEmpty else { return RunsRow(block.height) }
        let (starts, positions) = gathered(itemCount: overlay.items.count)
        var runs = RunsRow(
            block.height, runCount: growing.heads.count, positionCount: list.count)
        var leaves = LeafHasher(reservingCapacity: growing.heads.count)
        for index in growing.heads.indices {
            let head = growing.heads[index]
            let item = Int(head.item)
            let run = Int(starts[item])..<Int(starts[item + 1])
            runs.add(slot: overlay.items[item].slot, head.counts, positions, run)
            overlay.grow(item, to: head.counts.after(run.count, at: block.height), place: index)
            // As `TermRun.leafBytes`, without making the run.
            leaves.add { leaf in
                leaf.appendBigEndian(block.height.blocks)
                leaf.appendBigEndian(head.counts.total)
                for place in run {
                    let position = positions[place]
                    leaf.appendBigEndian(block.first + UInt64(position))
                    leaf.append(block.hashes[Int(position)])
                }
            }
        }
        growing.complete(leaves.finish())
        return runs
    }

    /// The positions by item, in the order of entries, and where those of each item begin.
    private func gathered(itemCount: Int) -> (starts: [UInt32], positions: [UInt32]) {
        var starts = [UInt32](repeating: 0, count: itemCount + 1)
        for posting in list { starts[Int(posting.item) + 1] += 1 }
        for index in 1..<starts.count { starts[index] += starts[index - 1] }
        var positions = [UInt32](repeating: 0, count: list.count)
        var next = starts
        for posting in list {
            positions[Int(next[Int(posting.item)])] = posting.position
            next[Int(posting.item)] += 1
        }
        return (starts, positions)
    }
}
