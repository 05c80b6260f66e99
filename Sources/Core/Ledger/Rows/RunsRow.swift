public import Primitives

/// The runs of one block's terms, by slot: what an answer about a term is read from.
///
/// `[1, directory, positions]`: the directory has 24 bytes a run (slot 4, start 4, previous height
/// 8, total before 8), by slot; positions have 4 bytes each and count from the block's first
/// entry; a run goes from its start to that of the next.
public struct RunsRow: Hashable, Sendable {
    private var runs: [Run] = []
    private var positions: [UInt32] = []

    /// One term's run.
    public struct Run: Hashable, Sendable {
        public let slot: UInt32
        /// Where the positions start.
        let start: UInt32
        /// The height of the term's run before this one; 0 where this is the first.
        public let previousHeight: Height
        /// How many entries of the term stand in earlier blocks.
        public let totalBefore: UInt64
    }

    init() {}

    var isEmpty: Bool { runs.isEmpty }

    mutating func add(
        slot: UInt32, previousHeight: Height, totalBefore: UInt64, positions: ArraySlice<UInt32>
    ) {
        runs.append(
            Run(
                slot: slot, start: UInt32(self.positions.count), previousHeight: previousHeight,
                totalBefore: totalBefore))
        self.positions.append(contentsOf: positions)
    }

    func encode() -> [UInt8] {
        // Starts are kept per run, so sorting by slot leaves the positions where they are.
        var ends: [UInt32] = runs.dropFirst().map(\.start)
        ends.append(UInt32(positions.count))
        let order = runs.indices.map { UInt64(runs[$0].slot) << 32 | UInt64($0) }.sorted()
        var directory: [UInt8] = []
        var places: [UInt8] = []
        directory.reserveCapacity(24 * runs.count)
        places.reserveCapacity(4 * positions.count)
        var start: UInt32 = 0
        for word in order {
            let index = Int(word & 0xffff_ffff)
            directory.appendBigEndian(UInt64(runs[index].slot) << 32 | UInt64(start))
            directory.appendBigEndian(runs[index].previousHeight.blocks)
            directory.appendBigEndian(runs[index].totalBefore)
            for position in positions[Int(runs[index].start)..<Int(ends[index])] {
                places.appendBigEndian(position)
            }
            start += ends[index] - runs[index].start
        }
        var writer = CBORWriter(reservingCapacity: directory.count + places.count + 16)
        writer.array(3)
        writer.unsigned(1)
        writer.bytes(directory)
        writer.bytes(places)
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

extension [UInt8] {
    mutating func appendBigEndian(_ value: UInt32) {
        unsafe Swift.withUnsafeBytes(of: value.bigEndian) { unsafe append(contentsOf: $0) }
    }
}
