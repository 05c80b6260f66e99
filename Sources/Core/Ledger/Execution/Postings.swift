internal import Cryptography
internal import Primitives

/// Which entries of a block stand under which terms.
struct Postings {
    private var list: [Posting] = []
    private var count = 0

    /// Entries that stand one behind the other.
    private struct Posting {
        /// The place of the term among the block's changes.
        let item: UInt32
        /// The positions in the block.
        let first: UInt32
        var end: UInt32
    }

    /// The posting of a term that was added last, where its next entries may follow.
    struct Open {
        fileprivate var index = -1
    }

    mutating func reserve(_ count: Int) {
        list.reserveCapacity(count)
    }

    @inline(__always)
    mutating func add(_ item: Int, _ position: UInt32) {
        list.append(Posting(item: UInt32(item), first: position, end: position + 1))
        count += 1
    }

    /// Adds an entry of a term under which many stand, so that those side by side are one.
    ///
    /// All entries of the term that come between are added by `open`, too.
    @inline(__always)
    mutating func add(_ item: Int, _ position: UInt32, to open: inout Open) {
        guard open.index >= 0, list[open.index].end == position,
            list[open.index].item == UInt32(item)
        else {
            open.index = list.count
            return add(item, position)
        }
        list[open.index].end += 1
        count += 1
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
            block.height, runCount: growing.heads.count, positionCount: count)
        var leaves = LeafHasher(reservingCapacity: growing.heads.count)
        for index in growing.heads.indices {
            let head = growing.heads[index]
            let item = Int(head.item)
            let run = Int(starts[item])..<Int(starts[item + 1])
            runs.add(slot: overlay.items[item].slot, head.counts, positions, run)
            overlay.grow(item, to: head.counts.after(run.count, at: block.height), place: index)
            // As `TermRun.leafBytes`, without making the run.
            leaves.add { leaf in
                leaf.append(bigEndian: block.height.blocks)
                leaf.append(bigEndian: head.counts.total)
                for place in run {
                    let position = positions[place]
                    leaf.append(bigEndian: block.first + UInt64(position))
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
        for posting in list { starts[Int(posting.item) + 1] += posting.end - posting.first }
        for index in 1..<starts.count { starts[index] += starts[index - 1] }
        var positions = [UInt32](repeating: 0, count: count)
        var next = starts
        for posting in list {
            var place = Int(next[Int(posting.item)])
            for position in posting.first..<posting.end {
                positions[place] = position
                place += 1
            }
            next[Int(posting.item)] = UInt32(place)
        }
        return (starts, positions)
    }
}
