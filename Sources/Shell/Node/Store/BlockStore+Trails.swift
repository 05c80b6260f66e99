internal import Hosting
internal import Ledger
internal import Primitives
internal import Storage
internal import Synchronization

/// Trail rows: made from the last blocks, and written with the block.
extension BlockStore {
    /// Puts the trail rows that a block writes into what is written for it.
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
        stretch.eachRow { group.put($0, at: block.height) }
    }

    /// What a trail row will have of a slot at a height; nil where it is written, or the run is
    /// left out.
    func unwrittenTrail(ofSlot slot: UInt32, at height: Height) -> TermTrail.Item? {
        stretch.withLock { $0.item(ofSlot: slot, at: height) }
    }

    /// Reads after a start what the next trail rows need of the blocks before.
    ///
    /// - Parameter state: the ledger's after the last block.
    /// - Throws: ``StorageError`` where a row cannot be read, or is none.
    func recallTrails(_ state: LedgerState) throws(StorageError) {
        let next = state.head.height.next
        var stretch = TrailStretch()
        let first = next.blocks - min(next.blocks - 1, TermTrail.heightCount - 1)
        for blocks in first..<next.blocks {
            let height = Height(blocks)
            guard try row(.block, at: height) != nil, height >= entriesFrom else {
                stretch = TrailStretch()
                continue
            }
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
        self.stretch.withLock { [stretch] in $0 = stretch }
    }

    /// Writes trail rows that a block of an older version lacks, and deletes those that it wrote.
    func fillTrails(_ rows: [LedgerRow], at height: Height) throws(StorageError) {
        var group = WriteGroup()
        for row in rows { group.put(row, at: height) }
        for kind in LedgerRow.Kind.formerTrails {
            var cursor = database.cursor(.rows(height, kind: kind.rawValue))
            while try cursor.next() { group.delete(cursor.key) }
        }
        if !group.isEmpty { try database.write(group, synced: true) }
    }

    /// Which trail rows a height has; nil where it has none, or an older version wrote them.
    ///
    /// Unchecked: where it misleads, the slot is not in the row, and its run is read from the
    /// block.
    func trailDirectory(at height: Height) throws(StorageError) -> TrailDirectory? {
        let key = RowKey(height, kind: LedgerRow.Kind.trailDirectory.rawValue).bytes
        guard let bytes = try database.uncheckedGet(key) else { return nil }
        do throws(LedgerError) {
            return try TrailDirectory.decode(bytes)
        } catch {
            throw .corruption(path: database.path, detail: "block \(height): \(error)")
        }
    }

    /// A trail row.
    ///
    /// Unchecked: its entries are hashed, and compared with what the state map commits to.
    func trailRow(_ number: UInt64, at height: Height) throws(StorageError) -> [UInt8]? {
        try database.uncheckedGet(
            RowKey(height, kind: LedgerRow.Kind.trail.rawValue, number: number).bytes)
    }

    /// The trail rows of a height, behind their directory.
    func trailRows(at height: Height) throws(StorageError) -> [LedgerRow] {
        var rows: [LedgerRow] = []
        for kind in LedgerRow.Kind.trails {
            var cursor = database.cursor(.rows(height, kind: kind.rawValue))
            while try cursor.next() {
                guard let key = RowKey(cursor.key) else { continue }
                rows.append(LedgerRow(kind: kind, number: key.number, bytes: cursor.value))
            }
        }
        return rows
    }
}

extension WriteGroup {
    mutating func put(_ row: LedgerRow, at height: Height) {
        put(RowKey(height, kind: row.kind.rawValue, number: row.number).bytes, row.bytes)
    }
}
