public import Primitives

/// The runs of one block's terms, by slot: what an answer about a term is read from.
///
/// `[1, directory, positions]`: the directory has 24 bytes a run (slot 4, start 4, previous height
/// 8, total before 8), by slot; positions have 4 bytes each and count from the block's first
/// entry; a run goes from its start to that of the next.
public struct RunsRow: Hashable, Sendable {
    /// Three words a run, as they lie in the row: slot and start, previous height, total before.
    private var directory: [UInt64] = []
    /// As they lie in the row.
    private var positions: [UInt32] = []

    /// A row without runs, with room for so many.
    init(runCount: Int = 0, positionCount: Int = 0) {
        directory.reserveCapacity(3 * runCount)
        positions.reserveCapacity(positionCount)
    }

    var isEmpty: Bool { directory.isEmpty }

    /// Adds the run of a slot above all those so far, whose head was `before`; its positions are
    /// those in `run` of `all`.
    mutating func add(
        slot: UInt32, _ before: HeadCounts, _ all: [UInt32], _ run: Range<Int>
    ) {
        let start = UInt64(self.positions.count)
        directory.append((UInt64(slot) << 32 | start).bigEndian)
        directory.append(before.lastHeight.blocks.bigEndian)
        directory.append(before.total.bigEndian)
        for place in run { positions.append(all[place].bigEndian) }
    }

    func encode() -> [UInt8] {
        var writer = CBORWriter(
            reservingCapacity: 8 * directory.count + 4 * positions.count + 16)
        writer.array(3)
        writer.unsigned(1)
        unsafe directory.withUnsafeBytes { unsafe writer.bytes($0) }
        unsafe positions.withUnsafeBytes { unsafe writer.bytes($0) }
        return writer.bytes
    }
}

extension RunsRow {
    /// The run of one slot in the bytes of a row, or nil where the block has none for it.
    ///
    /// `tree` is the row of the same block, for the leaf hashes. Cost: a binary search.
    public static func run(
        ofSlot slot: UInt32, in bytes: [UInt8], tree: TreeRow, height: Height
    ) throws(LedgerError) -> (run: TermRun, previousHeight: Height)? {
        let table = try RunsTable(bytes, height: height)
        guard let place = table.place(ofSlot: slot) else { return nil }
        return (try table.run(place, tree), table.previousHeight(place))
    }
}
