internal import Hosting
internal import Ledger
internal import Primitives
internal import Storage
internal import Synchronization

/// Trail rows: made from the last blocks, and written with the block with which their turn ends,
/// into files beside the data base; which are there, and where, stands in it (``TrailDirectory``).
///
/// They hold nothing that the blocks do not: one that is gone, or is not what was written, is as
/// if it had never been there. A kill or a power cut can take those of the file that was written
/// last alone (``BlobFiles``), and the next start writes them again.
extension BlockStore {
    /// The kind of the rows that say which trail rows a turn has, and where; their number is the
    /// turn's.
    static let trailKind: UInt8 = 18
    /// What the names of the files end with.
    static let trailSuffix = "trails"
    /// A file has enough with so many bytes: after a start one of them is read.
    static let trailFileBytes = 32 << 20
    /// After so many heights at the latest what was appended is synced, however little it is.
    static let trailSyncHeights: UInt64 = 1_024

    /// Appends the trail rows that a block writes, and puts where they lie into what is written
    /// for it.
    func putTrails(
        of block: CommittedBlock, into group: inout WriteGroup
    ) throws(StorageError) {
        let stretch: TrailStretch
        do throws(LedgerError) {
            stretch = try self.stretch.withLock { (stretch) throws(LedgerError) in
                try stretch.add(block.executed, rows: block.rows)
                return stretch
            }
        } catch {
            throw .corruption(path: database.path, detail: "\(error)")
        }
        for turn in stretch.endedTurns {
            try sheet.withLock { (sheet) throws(StorageError) in
                stretch.fill(&sheet, turn)
                try put(sheet, of: turn, after: stretch.end(before: turn), into: &group)
            }
        }
        if block.height.blocks.isMultiple(of: BlockStore.trailSyncHeights) {
            try trailFiles.sync()
        }
    }

    /// Appends a turn's sheet of trail rows, and puts where they lie into what is written.
    ///
    /// - Parameters:
    ///   - sheet: the rows.
    ///   - turn: whose they are.
    ///   - previousEnd: the height with which the last turn of the same slots ended.
    ///   - group: what is written.
    /// - Throws: ``StorageError`` where they cannot be written.
    func put(
        _ sheet: TrailSheet, of turn: TrailTurn, after previousEnd: Height,
        into group: inout WriteGroup
    ) throws(StorageError) {
        var place = BlobPlace(file: 0, offset: 0)
        if !sheet.rows.isEmpty {
            place = try sheet.withBytes { (bytes) throws(StorageError) in
                try trailFiles.append(bytes)
            }
            trailTops.withLock { tops in
                let top = max(tops?[place.file] ?? turn.end, turn.end)
                tops?[place.file] = top
            }
        }
        let directory = TrailDirectory(sheet, at: place, previousEnd: previousEnd)
        group.put(BlockStore.directoryKey(turn), directory.encode())
    }

    /// What a trail row will have of a slot at a height; nil where it is written, or the run is
    /// left out.
    func unwrittenTrail(ofSlot slot: UInt32, at height: Height) -> TermTrail.Item? {
        stretch.withLock { $0.item(ofSlot: slot, at: height) }
    }

    /// The last turn of a slot that ended with a block that is written; nil where none is known.
    func writtenTurn(ofSlot slot: UInt32) -> TrailTurn? {
        stretch.withLock { $0.writtenTurn(ofSlot: slot) }
    }

    static func directoryKey(_ turn: TrailTurn) -> [UInt8] {
        RowKey(turn.end, kind: trailKind, number: turn.number).bytes
    }

    /// Which trail rows a turn has, in bytes that may be none; nil where its block is not here any
    /// more, or an older version wrote it.
    func trailDirectoryBytes(of turn: TrailTurn) throws(StorageError) -> [UInt8]? {
        try database.uncheckedGet(BlockStore.directoryKey(turn))
    }

    /// Which trail rows a turn has; nil where that is not here as it was written: then its runs are
    /// read from the blocks.
    func trailDirectory(of turn: TrailTurn) throws(StorageError) -> TrailDirectory? {
        try trailDirectoryBytes(of: turn).flatMap { try? TrailDirectory.decode($0) }
    }

    /// The turns that ended with a height, by number, with their directories where these are as
    /// they were written.
    func trailDirectories(
        at height: Height
    ) throws(StorageError) -> [(turn: TrailTurn, directory: TrailDirectory?)] {
        var found: [(turn: TrailTurn, directory: TrailDirectory?)] = []
        var cursor = database.uncheckedCursor(.rows(height, kind: BlockStore.trailKind))
        while try cursor.next() {
            guard let key = RowKey(cursor.key) else { continue }
            let turn = TrailTurn(key.number, endingAt: height)
            found.append((turn, try? TrailDirectory.decode(cursor.value)))
        }
        return found
    }

    /// A trail row; nil where it is not there as it was written.
    func trailRow(_ extent: TrailDirectory.Extent) throws(StorageError) -> [UInt8]? {
        try foundTrailRow(extent).flatMap { extent.holds($0[...]) ? $0 : nil }
    }

    /// Asks for a trail row that is read soon, and does not wait for it.
    func expectTrailRow(_ extent: TrailDirectory.Extent) throws(StorageError) {
        try trailFiles.expect(extent.place, byteCount: extent.byteCount)
    }

    /// What stands in the place of a trail row, unchecked; nil where its file is gone, or ends
    /// before.
    func foundTrailRow(_ extent: TrailDirectory.Extent) throws(StorageError) -> [UInt8]? {
        try trailFiles.read(extent.place, byteCount: extent.byteCount)
    }
}

extension WriteGroup {
    mutating func put(_ row: LedgerRow, at height: Height) {
        put(RowKey(height, kind: row.kind.rawValue, number: row.number).bytes, row.bytes)
    }
}
