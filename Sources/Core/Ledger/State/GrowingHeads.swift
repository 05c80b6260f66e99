internal import Cryptography
internal import Primitives

/// The heads to which a block adds a run, copied side by side in the order of their slots.
///
/// Heads lie anywhere in memory. Fetched one after the other, with nothing between that waits for
/// the one before, many are waited for at once; and what is hashed afterwards lies together.
struct GrowingHeads {
    private(set) var heads: [Head] = []
    /// The peaks that the heads had before the block, largest first.
    private var former: [Digest] = []
    /// The last peak that each has after it.
    private(set) var peaks: [Digest] = []

    struct Head {
        /// Its place among the block's changes.
        let item: UInt32
        /// Where its peaks begin.
        fileprivate let start: UInt32
        /// What it said before the block.
        let counts: HeadCounts
    }

    /// Room for so many heads.
    init(reservingCapacity count: Int) {
        heads.reserveCapacity(count)
        former.reserveCapacity(4 * count)
    }

    /// Adds the head of a slot above all those so far; one without runs where the slot is nil.
    @inline(__always)
    mutating func add(_ item: UInt32, slot: Int?, of table: borrowing HeadTable) {
        let start = UInt32(former.count)
        guard let slot else {
            return heads.append(Head(item: item, start: start, counts: HeadCounts()))
        }
        heads.append(Head(item: item, start: start, counts: table.counts(slot)))
        for place in table.peakPlaces(slot) { former.append(table[peak: place]) }
    }

    /// Takes the leaves of the new runs, one a head, and hashes them with the peaks of the trees
    /// that they complete, those of all heads together.
    mutating func complete(_ leaves: [Digest]) {
        peaks = leaves
        var open = heads.indices.filter { heads[$0].counts.completedByNext > 0 }
        var children: [Digest] = []
        var level = 0
        while !open.isEmpty {
            children.removeAll(keepingCapacity: true)
            for index in open {
                let head = heads[index]
                children.append(former[Int(head.start) + head.counts.peakCount - 1 - level])
                children.append(peaks[index])
            }
            var span = children.mutableSpan
            SHA256.replaceByNodes(&span)
            for (place, index) in open.enumerated() { peaks[index] = children[place] }
            level += 1
            open.removeAll { heads[$0].counts.completedByNext == level }
        }
    }

    /// Appends the peaks of a head after the block: those that stay, and the last one.
    @inline(__always)
    func appendPeaks(_ index: Int, to bytes: inout ValueBuffer) {
        let head = heads[index]
        let kept = head.counts.peakCount - head.counts.completedByNext
        for place in 0..<kept { bytes.append(former[Int(head.start) + place]) }
        bytes.append(peaks[index])
    }
}
