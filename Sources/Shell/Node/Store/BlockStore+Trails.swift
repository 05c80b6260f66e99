internal import Hosting
internal import Ledger
internal import Primitives
internal import Storage
internal import Synchronization

/// Trail rows: made from the last blocks, and written with the next.
extension BlockStore {
    /// The trail rows that a block writes; after a start the blocks before are read once.
    func trailRows(after block: CommittedBlock) throws(StorageError) -> [LedgerRow] {
        guard let runs = block.rows.first(where: { $0.kind == .runs })?.bytes else {
            return try trailRows(block.height, firstLeaf: 0, runs: nil, entries: [])
        }
        return try trailRows(
            block.height, firstLeaf: block.executed.firstLeaf, runs: runs,
            entries: block.executed.batches.flatMap(\.entryBytes))
    }

    private func trailRows(
        _ height: Height, firstLeaf: UInt64, runs: [UInt8]?, entries: [ArraySlice<UInt8>]
    ) throws(StorageError) -> [LedgerRow] {
        var stretch = stretch.withLock { stretch in
            // Taken out, so that what is added to it is not copied.
            defer { stretch = TrailStretch() }
            return stretch
        }
        if stretch.last?.next != height { stretch = try self.stretch(before: height) }
        do throws(LedgerError) {
            try stretch.add(height, firstLeaf: firstLeaf, runs: runs, entries: entries)
        } catch {
            throw .corruption(path: database.path, detail: "\(error)")
        }
        let rows = stretch.rows()
        self.stretch.withLock { [stretch] in $0 = stretch }
        return rows
    }

    /// What the rows of a height need of the blocks before it; empty where one is not there.
    private func stretch(before height: Height) throws(StorageError) -> TrailStretch {
        var stretch = TrailStretch()
        let first = height.blocks - min(height.blocks - 1, TermTrail.heightCount - 1)
        for blocks in first..<height.blocks {
            let height = Height(blocks)
            guard try row(.block, at: height) != nil, height >= entriesFrom else {
                stretch = TrailStretch()
                continue
            }
            do {
                let tree = try row(.tree, at: height).map { try TreeRow.decode($0) }
                let entries = try batches(at: height).flatMap {
                    try UnverifiedBatch(decoding: $0).entries
                }
                try stretch.add(
                    height, firstLeaf: tree?.firstLeaf ?? 0, runs: try row(.runs, at: height),
                    entries: entries)
            } catch let error as StorageError {
                throw error
            } catch {
                throw .corruption(path: database.path, detail: "block \(height): \(error)")
            }
        }
        return stretch
    }

    /// Writes trail rows that a block of an older version lacks.
    func fillTrails(_ rows: [LedgerRow], at height: Height) throws(StorageError) {
        var group = WriteGroup()
        for row in rows { group.put(row, at: height) }
        try database.write(group, synced: true)
    }

    /// The trail rows of a height.
    func trailRows(at height: Height) throws(StorageError) -> [LedgerRow] {
        var cursor = database.cursor(.rows(height, kind: LedgerRow.Kind.trail.rawValue))
        var rows: [LedgerRow] = []
        while try cursor.next() {
            guard let key = RowKey(cursor.key) else { continue }
            rows.append(LedgerRow(kind: .trail, number: key.number, bytes: cursor.value))
        }
        return rows
    }
}

extension WriteGroup {
    mutating func put(_ row: LedgerRow, at height: Height) {
        put(RowKey(height, kind: row.kind.rawValue, number: row.number).bytes, row.bytes)
    }
}
