internal import Hosting
internal import Ledger
internal import Primitives
internal import Storage
internal import Synchronization

/// Trail rows that are missing are made again of the blocks, and files go whose rows nobody needs.
extension BlockStore {
    /// How far back a start looks for rows that a kill or a power cut took, which is more than
    /// ``trailSyncHeights``.
    private static let mendedHeightsMax: UInt64 = 100_000

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
        var last: (number: UInt64, bytes: [UInt8])?
        var damaged: Set<Height> = []
        var height = head
        while height > base.height, head.blocks - height.blocks < BlockStore.mendedHeightsMax {
            defer { height = Height(height.blocks - 1) }
            guard let directory = try trailDirectory(at: height) else { continue }
            let number = directory.place.file
            trailFiles.begin(above: number)
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
}
