internal import Cryptography
internal import Hosting
internal import Ledger
internal import Primitives
internal import Storage
internal import Synchronization

/// Trail rows that are missing are made again of the blocks, and files go whose rows nobody needs.
extension BlockStore {
    /// How far back a start looks for rows that a kill or a power cut took, which is more than
    /// ``trailSyncHeights``.
    private static let mendedHeightsMax: UInt64 = 4_096

    /// Reads after a start what the next trail rows need of the blocks before, and writes those
    /// again that are not as they were written.
    ///
    /// - Parameters:
    ///   - state: the ledger's after the last block.
    ///   - mending: whether rows are looked for that are not as they were written.
    /// - Throws: ``StorageError`` where a row cannot be read, or is none.
    func recallTrails(_ state: LedgerState, mending: Bool = true) throws(StorageError) {
        let head = state.head.height
        var damaged = mending ? damagedTurns(through: head) : [:]
        var last = try lapStart(before: head)
        for previousEnd in damaged.values {
            // With that block, too: it tells that the turn before ended there.
            last = min(last, Height(max(previousEnd.blocks, 1) - 1))
        }
        var stretch = TrailStretch(trailPace)
        var sheet = TrailSheet()
        var group = WriteGroup()
        while last < head {
            last = last.next
            guard last > base.height, last >= entriesFrom else { continue }
            try add(last, to: &stretch, state)
            for turn in stretch.endedTurns where damaged.removeValue(forKey: turn) != nil {
                stretch.fill(&sheet, turn)
                try put(sheet, of: turn, after: stretch.end(before: turn), into: &group)
            }
        }
        // What they were made of is pruned.
        for turn in damaged.keys { group.delete(BlockStore.directoryKey(turn)) }
        if !group.isEmpty {
            try trailFiles.sync()
            try database.write(group, synced: true)
        }
        self.stretch.withLock { [stretch] in $0 = stretch }
    }

    /// The first turn of a slot that had not ended before a block; nil where it has not ended yet.
    ///
    /// It is found by the sizes of the tree that some ten headers name.
    func turn(ofSlot slot: UInt32, covering height: Height) throws(StorageError) -> TrailTurn? {
        guard height > base.height, let head = stretch.withLock({ $0.last }) else { return nil }
        let ended = try turnsEnded(at: Height(height.blocks - 1))
        let lap = TrailPace.turnCount
        let number = ended + (UInt64(slot) % lap + lap - ended % lap) % lap
        var low = height.blocks
        // The head may be about to be written.
        var high = min(head.blocks - 1, low + trailPace.heightCountMax)
        guard low <= high, try turnsEnded(at: Height(high)) > number else { return nil }
        while low < high {
            let middle = (low + high) / 2
            if try turnsEnded(at: Height(middle)) > number {
                high = middle
            } else {
                low = middle + 1
            }
        }
        return TrailTurn(number, endingAt: Height(low))
    }

    /// The last height after which only turns have ended that are less than a lap before the last
    /// block's: behind it begins what its rows, and the next, are made of.
    private func lapStart(before head: Height) throws(StorageError) -> Height {
        guard head > base.height else { return head }
        let before = Height(head.blocks - 1)
        let ended = try turnsEnded(at: before)
        guard ended >= TrailPace.turnCount else { return base.height }
        var low = max(base.height.blocks, head.blocks - min(head.blocks, trailPace.heightCountMax))
        var high = before.blocks
        while low < high {
            let middle = (low + high + 1) / 2
            if try turnsEnded(at: Height(middle)) <= ended - TrailPace.turnCount {
                low = middle
            } else {
                high = middle - 1
            }
        }
        return Height(low)
    }

    private func turnsEnded(at height: Height) throws(StorageError) -> UInt64 {
        let treeSize = height <= base.height ? base.tree.size : try header(at: height).treeSize
        return trailPace.turnsEnded(at: height, treeSize: treeSize)
    }

    private func header(at height: Height) throws(StorageError) -> BlockHeader {
        if let block = try namedBlock(at: height) { return block.header }
        // LevelDB tells more where it is its checksum that is wrong.
        _ = try block(at: height)
        throw .corruption(
            path: database.path, detail: "block \(height) is not what its commit proof names")
    }

    private func add(
        _ height: Height, to stretch: inout TrailStretch, _ state: LedgerState
    ) throws(StorageError) {
        do {
            let treeSize = try header(at: height).treeSize
            let tree = try row(.tree, at: height).map { try TreeRow.decode($0) }
            let entries = BlockEntries(
                try batches(at: height).map { try UnverifiedBatch(decoding: $0) })
            let runs = try row(.runs, at: height)
            let table = try runs.map { try RunsTable($0, height: height) }
            try stretch.add(
                height, leaves: min(tree?.firstLeaf ?? treeSize, treeSize)..<treeSize, runs: runs,
                entries: entries,
                patients: (0..<(table?.count ?? 0)).compactMap { place in
                    table.map { $0.slot(place) }
                }.filter { state.map.isPatient(slot: $0) })
        } catch let error as StorageError {
            throw error
        } catch {
            throw .corruption(path: database.path, detail: "block \(height): \(error)")
        }
    }

    /// The turns of which the file that was written last has other rows than were written, and
    /// when the last turn of the same slots had ended.
    ///
    /// What cannot be read is passed over, or written again: no start depends on what can be made
    /// of blocks.
    private func damagedTurns(through head: Height) -> [TrailTurn: Height] {
        var last: (number: UInt64, bytes: [UInt8])?
        var damaged: [TrailTurn: Height] = [:]
        var height = head
        while height > base.height, head.blocks - height.blocks < BlockStore.mendedHeightsMax {
            defer { height = Height(height.blocks - 1) }
            let found = (try? trailDirectories(at: height)) ?? []
            for (turn, directory) in found.reversed() {
                guard let directory, directory.count > 0 else { continue }
                let number = directory.place.file
                trailFiles.begin(above: number)
                if last == nil { last = (number, (try? trailFiles.read(number)) ?? []) }
                guard let last, last.number == number else { return damaged }
                let isWhole = (0..<directory.count).allSatisfy { row in
                    let extent = directory.extent(row)
                    let start = Int(extent.place.offset)
                    guard start + extent.byteCount <= last.bytes.count else { return false }
                    return extent.holds(last.bytes[start..<start + extent.byteCount])
                }
                let lapStart = height.blocks - min(height.blocks, trailPace.heightCountMax)
                if !isWhole { damaged[turn] = max(directory.previousEnd, Height(lapStart)) }
            }
        }
        return damaged
    }

    /// Writes the trail rows of a turn that a block of an older version lacks, or that are not
    /// what was written.
    func fillTrails(
        _ sheet: TrailSheet, of turn: TrailTurn, after previousEnd: Height
    ) throws(StorageError) {
        var group = WriteGroup()
        try put(sheet, of: turn, after: previousEnd, into: &group)
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
        // What is begun from now on stays.
        let numbers = trailFiles.numbers.dropLast()
        if trailTops.withLock({ $0 == nil }) {
            let head = try headHeight()
            // Where a directory cannot be read, its rows may be in any file.
            guard let found = trailTops(from: entriesFrom, through: head) else { return }
            trailTops.withLock { $0 = found }
            // Blocks that were written meanwhile; later ones are noted.
            let more = trailTops(from: head.next, through: try headHeight())
            trailTops.withLock { tops in
                if let more { tops?.merge(more) { max($0, $1) } } else { tops = nil }
            }
            if more == nil { return }
        }
        let tops = trailTops.withLock { $0 ?? [:] }
        for number in numbers where tops[number].map({ $0 < entriesFrom }) ?? true {
            try trailFiles.remove(number)
        }
    }

    /// The greatest of these heights of which a file has rows, for each that has any; nil where
    /// that cannot be read.
    private func trailTops(from first: Height, through last: Height) -> [UInt64: Height]? {
        var tops: [UInt64: Height] = [:]
        var height = first
        while height <= last {
            guard let found = try? trailDirectories(at: height) else { return nil }
            for (_, directory) in found {
                if let directory { tops[directory.place.file] = height }
            }
            height = height.next
        }
        return tops
    }
}
