internal import Ledger
internal import Primitives
internal import Storage

/// Reads the runs of terms, side by side where trail rows have them.
final class TrailReader {
    private let store: BlockStore
    /// The runs of blocks that were read last: a page asks for several terms of a block.
    private var tables = RecentValues<Height, RunsTable>(costMax: 16)
    /// The trails that were read last, by the term's slot and the number of the turn.
    private var trails = RecentValues<Place, TermTrail>(costMax: 16 << 20)
    private let finder: TrailFinder

    /// The list that is read, from its end on.
    private var reading: Reading?

    private struct Reading {
        let slot: UInt32
        /// The turn whose row was read last.
        var last: UInt64
        /// Down to which turn rows were asked for.
        var asked: TrailTurn
    }

    private struct Place: Hashable {
        let slot: UInt32
        let turn: UInt64
    }

    /// About what a trail takes beside its entries, and each of its runs, in bytes.
    private static let trailBytesBeside = 256
    private static let runBytesBeside = 200
    /// How many rows of a list are asked for ahead: a disk brings many in the time of one.
    private static let aheadCount: UInt64 = 16
    /// How many laps may lie between two rows of a list that has one in most of them.
    private static let gapMax: UInt64 = 4

    init(_ store: BlockStore) {
        self.store = store
        finder = TrailFinder(store)
    }

    /// The run of a term at a height with its entries, where a trail has them.
    func item(
        ofSlot slot: UInt32, at height: Height
    ) throws(QueryError) -> TermTrail.Item? {
        if !finder.isWritten(slot, at: height),
            let item = store.unwrittenTrail(ofSlot: slot, at: height)
        {
            return item
        }
        guard let turn = finder.turn(ofSlot: slot, covering: height) else { return nil }
        let place = Place(slot: slot, turn: turn.number)
        if let trail = trails[place] { return trail[height] }
        expectRows(ofSlot: slot, before: turn)
        guard let bytes = row(ofSlot: slot, of: turn),
            let trail = try? TermTrail.decode(bytes, slot: slot)
        else { return nil }
        let beside =
            TrailReader.trailBytesBeside + TrailReader.runBytesBeside * trail.items.count
        trails.keep(trail, for: place, cost: beside + trail.byteCount)
        return trail[height]
    }

    /// The trail row of a turn that has a slot where any has; nil where it cannot be read.
    private func row(ofSlot slot: UInt32, of turn: TrailTurn) -> [UInt8]? {
        guard let extent = finder.directory(of: turn)?.extent(ofSlot: slot) else { return nil }
        return try? store.trailRow(extent)
    }

    /// Asks for the rows of a list that are read after that of a turn, where this is not the first
    /// and the list has a row in most laps, and half of what was asked for is read.
    private func expectRows(ofSlot slot: UInt32, before turn: TrailTurn) {
        let lap = TrailPace.turnCount
        guard var list = reading, list.slot == slot, turn.number < list.last,
            list.last - turn.number <= TrailReader.gapMax * lap
        else {
            reading = Reading(slot: slot, last: turn.number, asked: turn)
            return
        }
        list.last = turn.number
        if turn.number < list.asked.number + TrailReader.aheadCount / 2 * lap {
            if turn.number < list.asked.number { list.asked = turn }
            for _ in 0..<TrailReader.aheadCount {
                guard let next = finder.turn(before: list.asked) else { break }
                list.asked = next
                let directory = finder.directory(of: next)
                guard let extent = directory?.extent(ofSlot: slot) else { continue }
                try? store.expectTrailRow(extent)
            }
        }
        reading = list
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
