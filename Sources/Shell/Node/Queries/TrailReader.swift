internal import Ledger
internal import Primitives
internal import Storage

/// Reads the runs of terms, side by side where trail rows have them.
final class TrailReader {
    private let store: BlockStore
    /// The runs of blocks that were read last: a page asks for several terms of a block.
    private var tables: [Height: RunsTable] = [:]
    /// The trails that were read last, by the term's slot and the row's height.
    private var trails: [Place: TermTrail] = [:]
    private var trailByteCount = 0
    /// The directories of trail rows that were read last, by height: all patients share them.
    private var directories: [Height: TrailDirectory] = [:]
    private var directoryRowCount = 0

    private struct Place: Hashable {
        let slot: UInt32
        let height: Height
    }

    private static let tableCountMax = 16
    private static let trailByteCountMax = 16 << 20
    /// About what a trail takes beside its entries.
    private static let trailBytesBeside = 256
    /// How many rows the directories have together, at most: 4 bytes each.
    private static let directoryRowCountMax = 1 << 20

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
        let bytes = try queryStorage { () throws(StorageError) in
            try row(ofSlot: slot, at: place.height)
        }
        guard let bytes else { return nil }
        guard let trail = try? TermTrail.decode(bytes, slot: slot) else {
            throw .damaged("a trail of block \(place.height)")
        }
        let byteCount = TrailReader.trailBytesBeside + trail.byteCount
        if trailByteCount + byteCount > TrailReader.trailByteCountMax {
            trails.removeAll(keepingCapacity: true)
            trailByteCount = 0
        }
        trails[place] = trail
        trailByteCount += byteCount
        return trail[height]
    }

    /// The trail row of a height that has a slot where any has.
    private func row(
        ofSlot slot: UInt32, at height: Height
    ) throws(StorageError) -> [UInt8]? {
        guard let directory = try directory(at: height) else {
            return try store.trailRow(before: slot, at: height)
        }
        guard let number = directory.number(ofSlot: slot) else { return nil }
        return try store.trailRow(number, at: height)
    }

    private func directory(at height: Height) throws(StorageError) -> TrailDirectory? {
        if let known = directories[height] { return known }
        guard let directory = try store.trailDirectory(at: height) else { return nil }
        directoryRowCount += directory.count
        if directoryRowCount > TrailReader.directoryRowCountMax {
            directories.removeAll(keepingCapacity: true)
            directoryRowCount = directory.count
        }
        directories[height] = directory
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
        if tables.count >= TrailReader.tableCountMax { tables.removeAll(keepingCapacity: true) }
        tables[height] = table
        return table
    }
}
