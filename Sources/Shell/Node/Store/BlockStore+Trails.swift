internal import Hosting
internal import Ledger
internal import Primitives
internal import Storage
internal import Synchronization

/// Trail rows: made from the last blocks, and written with the block, into files beside the data
/// base; which are there, and where, stands in it (``TrailDirectory``).
///
/// They hold nothing that the blocks do not: one that is gone, or is not what was written, is as
/// if it had never been there. A kill or a power cut can take those of the file that was written
/// last alone (``BlobFiles``), and the next start writes them again.
extension BlockStore {
    /// The kind of the row that says which trail rows a height has, and where.
    static let trailKind: UInt8 = 17
    /// What the names of the files end with.
    static let trailSuffix = "trails"
    /// A file has enough with so many bytes: after a start one of them is read.
    static let trailFileBytes = 32 << 20
    /// After so many heights at the latest what was appended is synced, however little it is.
    private static let trailSyncHeights: UInt64 = 1_024

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
        try sheet.withLock { (sheet) throws(StorageError) in
            stretch.fill(&sheet)
            try put(sheet, at: block.height, into: &group)
        }
        if block.height.blocks.isMultiple(of: BlockStore.trailSyncHeights) {
            try trailFiles.sync()
        }
    }

    /// Appends a sheet of trail rows, and puts where they lie into what is written for a height.
    func put(
        _ sheet: TrailSheet, at height: Height, into group: inout WriteGroup
    ) throws(StorageError) {
        guard !sheet.rows.isEmpty else { return }
        let place = try sheet.withBytes { (bytes) throws(StorageError) in
            try trailFiles.append(bytes)
        }
        trailTops.withLock { tops in
            let top = max(tops?[place.file] ?? height, height)
            tops?[place.file] = top
        }
        let directory = TrailDirectory(sheet, at: place)
        group.put(RowKey(height, kind: BlockStore.trailKind).bytes, directory.encode())
    }

    /// What a trail row will have of a slot at a height; nil where it is written, or the run is
    /// left out.
    func unwrittenTrail(ofSlot slot: UInt32, at height: Height) -> TermTrail.Item? {
        stretch.withLock { $0.item(ofSlot: slot, at: height) }
    }

    /// Which trail rows a height has; nil where it has none, or an older version wrote them.
    ///
    /// Unchecked: where it misleads, the slot is not in the row, or the row is none, and its run is
    /// read from the block.
    func trailDirectory(at height: Height) throws(StorageError) -> TrailDirectory? {
        let key = RowKey(height, kind: BlockStore.trailKind).bytes
        guard let bytes = try database.uncheckedGet(key) else { return nil }
        do throws(CBORError) {
            return try TrailDirectory.decode(bytes)
        } catch {
            throw .corruption(path: database.path, detail: "trails of block \(height): \(error)")
        }
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
