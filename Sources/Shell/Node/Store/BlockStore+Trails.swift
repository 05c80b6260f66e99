internal import Hosting
internal import Ledger
internal import Primitives
internal import Storage
internal import Synchronization

/// Trail rows: made from the last blocks, and written with the block, into files beside the data
/// base; which are there, and where, stands in it (``TrailDirectory``).
///
/// They hold nothing that the blocks do not: one that is gone, or is not what was written, is as
/// if it had never been there. A power cut can take those of the file that was written last alone
/// (``BlobFiles``), and the next start writes them again.
extension BlockStore {
    /// The kind of the row that says which trail rows a height has, and where.
    static let trailKind: UInt8 = 17
    /// What the names of the files end with.
    static let trailSuffix = "trails"
    /// A file has enough with so many bytes: after a start one of them is read.
    static let trailFileBytes = 32 << 20
    /// How far back a start looks for rows that a power cut took: the system itself has written all
    /// before long ago.
    private static let mendedHeightsMax: UInt64 = 100_000

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
    }

    private func put(
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

    /// Reads after a start what the next trail rows need of the blocks before, and writes those
    /// again that are not as they were written.
    ///
    /// - Parameter state: the ledger's after the last block.
    /// - Throws: ``StorageError`` where a row cannot be read, or is none.
    func recallTrails(_ state: LedgerState) throws(StorageError) {
        let damaged = try damagedTrails(through: state.head.height)
        let next = state.head.height.next
        let from = min(damaged.min() ?? next, next).blocks
        var stretch = TrailStretch()
        var sheet = TrailSheet()
        var group = WriteGroup()
        for blocks in (from - min(from - 1, TermTrail.heightCount - 1))..<next.blocks {
            let height = Height(blocks)
            guard try row(.block, at: height) != nil, height >= entriesFrom else {
                stretch = TrailStretch()
                continue
            }
            try add(height, to: &stretch, state)
            guard damaged.contains(height) else { continue }
            stretch.fill(&sheet)
            try put(sheet, at: height, into: &group)
        }
        self.stretch.withLock { [stretch] in $0 = stretch }
        guard !group.isEmpty else { return }
        try trailFiles.sync()
        try database.write(group, synced: true)
    }

    private func add(
        _ height: Height, to stretch: inout TrailStretch, _ state: LedgerState
    ) throws(StorageError) {
        do {
            let tree = try row(.tree, at: height).map { try TreeRow.decode($0) }
            let entries = BlockEntries(
                try batches(at: height).map { try UnverifiedBatch(decoding: $0) })
            let runs = try row(.runs, at: height)
            let table = try runs.map { try RunsTable($0, height: height) }
            try stretch.add(
                height, firstLeaf: tree?.firstLeaf ?? 0, runs: runs, entries: entries,
                patients: (0..<(table?.count ?? 0)).compactMap { place in
                    table.map { $0.slot(place) }
                }.filter { state.map.isPatient(slot: $0) })
        } catch let error as StorageError {
            throw error
        } catch {
            throw .corruption(path: database.path, detail: "block \(height): \(error)")
        }
    }

    /// The heights of which the file that was written last has other rows than were written.
    private func damagedTrails(through head: Height) throws(StorageError) -> Set<Height> {
        guard !trailFiles.numbers.isEmpty else { return [] }
        var last: (number: UInt64, bytes: [UInt8])?
        var damaged: Set<Height> = []
        var height = head
        while height > base.height, head.blocks - height.blocks < BlockStore.mendedHeightsMax {
            defer { height = Height(height.blocks - 1) }
            guard let directory = try trailDirectory(at: height) else { continue }
            let number = directory.place.file
            if last == nil { last = (number, try trailFiles.read(number) ?? []) }
            guard let last, last.number == number else { break }
            let isWhole = (0..<directory.count).allSatisfy { row in
                let extent = directory.extent(row)
                let start = Int(extent.place.offset)
                guard start + extent.byteCount <= last.bytes.count else { return false }
                return extent.holds(last.bytes[start..<start + extent.byteCount])
            }
            if !isWhole { damaged.insert(height) }
        }
        return damaged
    }

    /// Writes the trail rows of a height that a block of an older version lacks, or that are not
    /// what was written.
    func fillTrails(_ sheet: TrailSheet, at height: Height) throws(StorageError) {
        var group = WriteGroup()
        try put(sheet, at: height, into: &group)
        try trailFiles.sync()
        try database.write(group, synced: true)
    }

    /// Deletes the trail rows that an older version wrote for a height.
    func removeFormerTrails(at height: Height) throws(StorageError) {
        var group = WriteGroup()
        for kind in LedgerRow.Kind.formerTrails {
            var cursor = database.cursor(.rows(height, kind: kind.rawValue))
            while try cursor.next() { group.delete(cursor.key) }
        }
        if !group.isEmpty { try database.write(group, synced: true) }
    }

    /// Deletes the files that have no trail row of a height that still has any.
    ///
    /// Files follow the heights, but for rows that were filled in later: so the heights are asked,
    /// once, and what is written from then on is noted.
    func removeTrailFiles() throws(StorageError) {
        var tops = trailTops.withLock { $0 }
        if tops == nil {
            var found: [UInt64: Height] = [:]
            let head = try headHeight()
            var height = entriesFrom
            while height <= head {
                if let file = try trailDirectory(at: height)?.place.file { found[file] = height }
                height = height.next
            }
            // A block that was written meanwhile has its rows in the last file, which stays.
            trailTops.withLock { $0 = found }
            tops = found
        }
        for number in trailFiles.numbers.dropLast()
        where tops?[number].map({ $0 < entriesFrom }) ?? true {
            try trailFiles.remove(number)
        }
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
        let bytes = try trailFiles.read(extent.place, byteCount: extent.byteCount)
        return bytes.flatMap { extent.holds($0[...]) ? $0 : nil }
    }

    /// The trail rows of a height; nil in the place of one that is not there as it was written.
    func trailRows(at height: Height) throws(StorageError) -> [[UInt8]?] {
        guard let directory = try trailDirectory(at: height) else { return [] }
        var rows: [[UInt8]?] = []
        for row in 0..<directory.count { rows.append(try trailRow(directory.extent(row))) }
        return rows
    }
}

extension WriteGroup {
    mutating func put(_ row: LedgerRow, at height: Height) {
        put(RowKey(height, kind: row.kind.rawValue, number: row.number).bytes, row.bytes)
    }
}
