internal import Ledger
internal import Primitives
internal import Storage

/// Reads the runs of terms, side by side where trail rows have them.
final class TrailReader {
    private let store: BlockStore
    /// The runs of blocks that were read last: a page asks for several terms of a block.
    private var tables = RecentValues<Height, RunsTable>(costMax: 16)
    /// The trails that were read last, by the term's slot and the row's height.
    private var trails = RecentValues<Place, TermTrail>(costMax: 16 << 20)
    /// The directories of trail rows that were read last, by height: all patients share them.
    private var directories = RecentValues<Height, TrailDirectory>(costMax: 8 << 20)

    /// The list that is read, from its end on.
    private var reading: Reading?

    private struct Reading {
        let slot: UInt32
        /// The height of the row that was read last.
        var last: Height
        /// Down to which height rows were asked for.
        var asked: Height
    }

    private struct Place: Hashable {
        let slot: UInt32
        let height: Height
    }

    /// About what a trail takes beside its entries, each of its runs, and a directory beside its
    /// rows, in bytes.
    private static let trailBytesBeside = 256
    private static let runBytesBeside = 200
    private static let directoryBytesBeside = 128
    /// How many rows of a list are asked for ahead: a disk brings many in the time of one.
    private static let aheadCount: UInt64 = 16
    /// How many turns may lie between two rows of a list that has one in most of them.
    private static let gapMax: UInt64 = 4

    init(_ store: BlockStore) {
        self.store = store
    }

    /// The run of a term at a height with its entries, where a trail has them.
    func item(
        ofSlot slot: UInt32, at height: Height
    ) throws(QueryError) -> TermTrail.Item? {
        let place = Place(
            slot: slot, height: TermTrail.height(ofSlot: slot, covering: height))
        if let trail = trails[place] { return trail[height] }
        if let item = store.unwrittenTrail(ofSlot: slot, at: height) { return item }
        expectRows(ofSlot: slot, at: place.height)
        let bytes = try queryStorage { () throws(StorageError) in
            try row(ofSlot: slot, at: place.height)
        }
        guard let bytes else { return nil }
        guard let trail = try? TermTrail.decode(bytes, slot: slot) else {
            throw .damaged("a trail of block \(place.height)")
        }
        let beside =
            TrailReader.trailBytesBeside + TrailReader.runBytesBeside * trail.items.count
        trails.keep(trail, for: place, cost: beside + trail.byteCount)
        return trail[height]
    }

    /// The trail row of a height that has a slot where any has.
    private func row(
        ofSlot slot: UInt32, at height: Height
    ) throws(StorageError) -> [UInt8]? {
        guard let extent = try directory(at: height)?.extent(ofSlot: slot) else { return nil }
        return try store.trailRow(extent)
    }

    /// Asks for the rows of a list that are read after the one at `height`, where this is not the
    /// first and the list has a row in most turns, and half of what was asked for is read.
    ///
    /// What cannot be read is told when its turn comes.
    private func expectRows(ofSlot slot: UInt32, at height: Height) {
        let turn = TermTrail.heightCount
        guard var list = reading, list.slot == slot, height < list.last,
            list.last.blocks - height.blocks <= TrailReader.gapMax * turn
        else {
            reading = Reading(slot: slot, last: height, asked: height)
            return
        }
        list.last = height
        if height.blocks < list.asked.blocks + TrailReader.aheadCount / 2 * turn {
            list.asked = min(list.asked, height)
            for _ in 0..<TrailReader.aheadCount where list.asked.blocks > turn {
                list.asked = Height(list.asked.blocks - turn)
                let directory = try? directory(at: list.asked)
                guard let extent = directory?.extent(ofSlot: slot) else { continue }
                try? store.expectTrailRow(extent)
            }
        }
        reading = list
    }

    private func directory(at height: Height) throws(StorageError) -> TrailDirectory? {
        if let known = directories[height] { return known }
        guard let directory = try store.trailDirectory(at: height) else { return nil }
        directories.keep(
            directory, for: height,
            cost: TrailReader.directoryBytesBeside + 12 * directory.count)
        return directory
    }

    /// The runs of the block at a height; nil where it has none.
    func table(at height: Height) throws(QueryError) -> RunsTable? {
        if let table = tables[height] { return table }
        let bytes = try queryStorage { () throws(StorageError) in
            try store.row(.runs, at: height)
        }
        guard let bytes else { return nil }
        guard let table = try? RunsTable(bytes, height: height) else {
            throw .damaged("the runs of block \(height)")
        }
        tables.keep(table, for: height)
        return table
    }
}
