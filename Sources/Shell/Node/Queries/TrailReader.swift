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

    private struct Place: Hashable {
        let slot: UInt32
        let height: Height
    }

    private static let tableCountMax = 16
    private static let trailByteCountMax = 16 << 20

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
            try store.trailRow(ofSlot: slot, at: place.height)
        }
        guard let bytes else { return nil }
        guard let trail = try? TermTrail.decode(bytes, slot: slot) else {
            throw .damaged("a trail of block \(place.height)")
        }
        if trailByteCount + bytes.count > TrailReader.trailByteCountMax {
            trails.removeAll(keepingCapacity: true)
            trailByteCount = 0
        }
        trails[place] = trail
        trailByteCount += trail.items.isEmpty ? 64 : bytes.count
        return trail[height]
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
