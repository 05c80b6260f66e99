internal import Cryptography
internal import Primitives

/// The heads of all lists, by slot, in memory that lies together.
///
/// The peaks of a head lie in a stretch of 2, 4, 8 … places, which it keeps until it needs a longer
/// one; a stretch that was given back serves another head. So a head that changes costs no
/// allocation, and neither does one that is copied.
struct HeadTable: Sendable {
    private var cells: [Cell] = []
    private var peaks: [Digest] = []
    /// Where stretches lie that no head has, by the logarithm of their length.
    private var free = [[UInt32]](repeating: [], count: 7)

    /// The logarithm of the shortest stretch's length: room for three runs, which most heads come
    /// to have.
    private static let bitsMin = 1

    private struct Cell: Sendable {
        var counts = HeadCounts()
        /// Where the stretch begins, and the logarithm of its length; −1 where there is no head.
        var place: UInt32 = 0
        var lengthBits: Int8 = -1

        var capacity: Int { lengthBits < 0 ? 0 : 1 << Int(lengthBits) }
    }

    func hasHead(_ slot: Int) -> Bool { cells[slot].lengthBits >= 0 }

    /// What stands in a slot that has a head, but for its peaks.
    func counts(_ slot: Int) -> HeadCounts { cells[slot].counts }

    /// Where the peaks of a head lie, largest first, for ``subscript(peak:)``.
    func peakPlaces(_ slot: Int) -> Range<Int> {
        let start = Int(cells[slot].place)
        return start..<start + cells[slot].counts.peakCount
    }

    subscript(peak place: Int) -> Digest { peaks[place] }

    /// The head of a slot; nil where it has none.
    func head(_ slot: Int) -> TermHead? {
        guard hasHead(slot) else { return nil }
        return TermHead(counts(slot), peaks: Array(peaks[peakPlaces(slot)]))
    }

    /// Appends the bytes of a slot's head.
    func append(_ slot: Int, to bytes: inout some ByteSink & ~Copyable) {
        counts(slot).append(to: &bytes)
        for place in peakPlaces(slot) { bytes.append(peaks[place]) }
    }

    /// Adds a slot, without a head.
    mutating func addSlot() { cells.append(Cell()) }

    /// Puts a head into a slot; its peaks begin at `start` of `peaks`.
    mutating func set(_ slot: Int, _ counts: HeadCounts, peaks source: [Digest], from start: Int) {
        let count = counts.peakCount
        makeRoom(slot, count)
        cells[slot].counts = counts
        let place = Int(cells[slot].place)
        for index in 0..<count { peaks[place + index] = source[start + index] }
    }

    /// Puts the head with exactly these bytes into a slot; false where they are none.
    mutating func set(_ slot: Int, encoded bytes: ArraySlice<UInt8>) -> Bool {
        guard let counts = HeadCounts(prefixOf: bytes),
            bytes.count == HeadCounts.byteCount + Digest.byteCount * counts.peakCount
        else { return false }
        makeRoom(slot, counts.peakCount)
        cells[slot].counts = counts
        let place = Int(cells[slot].place)
        var start = bytes.startIndex + HeadCounts.byteCount
        for index in 0..<counts.peakCount {
            guard let peak = Digest(bytes[start..<start + Digest.byteCount]) else { return false }
            peaks[place + index] = peak
            start += Digest.byteCount
        }
        return true
    }

    /// Gives a slot a head that can hold so many peaks, whatever stood there.
    private mutating func makeRoom(_ slot: Int, _ count: Int) {
        if !hasHead(slot) || count > cells[slot].capacity {
            move(slot, toHold: count, keeping: 0)
        }
    }

    /// Gives the head of a slot one run more: `peak` is its last peak after it, and those before
    /// stay.
    mutating func grow(_ slot: Int, to counts: HeadCounts, peak: Digest) {
        let kept = counts.peakCount - 1
        if kept >= cells[slot].capacity { move(slot, toHold: kept + 1, keeping: kept) }
        cells[slot].counts = counts
        peaks[Int(cells[slot].place) + kept] = peak
    }

    /// Gives a head a stretch of at least so many places, with the first peaks that it had, and
    /// gives back the one that it had.
    private mutating func move(_ slot: Int, toHold count: Int, keeping kept: Int) {
        let old = cells[slot]
        if old.lengthBits >= 0 { free[Int(old.lengthBits)].append(old.place) }
        let bits = max(Int.bitWidth - (max(count, 1) - 1).leadingZeroBitCount, HeadTable.bitsMin)
        cells[slot].lengthBits = Int8(bits)
        if let place = free[bits].popLast() {
            cells[slot].place = place
        } else {
            cells[slot].place = UInt32(peaks.count)
            peaks.append(contentsOf: repeatElement(.zero, count: 1 << bits))
        }
        let place = Int(cells[slot].place)
        for index in 0..<kept { peaks[place + index] = peaks[Int(old.place) + index] }
    }
}

/// What a head says but for its peaks, of which there is one for each set bit of ``runs``.
struct HeadCounts: Hashable, Sendable {
    /// How many runs there are.
    var runs: UInt64 = 0
    /// How many entries all runs have.
    var total: UInt64 = 0
    /// The height of the last run.
    var lastHeight = Height.genesis

    init(runs: UInt64 = 0, total: UInt64 = 0, lastHeight: Height = .genesis) {
        self.runs = runs
        self.total = total
        self.lastHeight = lastHeight
    }

    /// How many bytes of a head these are.
    static let byteCount = 24

    var peakCount: Int { runs.nonzeroBitCount }
    /// How many of its peaks, the last ones, the next run completes and so takes the place of.
    var completedByNext: Int { (~runs).trailingZeroBitCount }

    /// What a head says when a block gave it a run of so many entries.
    func after(_ entryCount: Int, at height: Height) -> HeadCounts {
        HeadCounts(runs: runs + 1, total: total + UInt64(entryCount), lastHeight: height)
    }

    /// What the first bytes of a head say; nil where there are fewer.
    init?(prefixOf bytes: ArraySlice<UInt8>) {
        guard bytes.count >= HeadCounts.byteCount else { return nil }
        self.init(
            runs: bytes.bigEndian(at: 0), total: bytes.bigEndian(at: 8),
            lastHeight: Height(bytes.bigEndian(at: 16)))
    }

    /// Appends the first bytes of a head: runs, total, last height, of 8 bytes each.
    func append(to bytes: inout some ByteSink & ~Copyable) {
        bytes.append(bigEndian: runs)
        bytes.append(bigEndian: total)
        bytes.append(bigEndian: lastHeight.blocks)
    }
}
