internal import Consensus
internal import Cryptography
internal import Hosting
internal import Ledger
internal import Primitives
internal import Storage
internal import Synchronization

/// The blocks on the disk: what each left behind, under (height, kind, number).
///
/// Only rows of blocks stand here, so that the last key names the head and files cover heights of
/// their own. Reading is safe from any thread; one thread writes.
final class BlockStore: Sendable {
    let database: Database

    /// The kind of the row beside the ledger's own (`LedgerRow.Kind`): why the block stands.
    private static let proofKind: UInt8 = 7
    /// The row at height 0 that says from which height on the batches are kept.
    private static let floorKey = RowKey(.genesis, kind: 8).bytes

    /// The row at height 0 that says after which block the ledger begins here, and with which tree.
    private static let baseKey = RowKey(.genesis, kind: 9).bytes

    private let floor: Mutex<Height>
    /// What the last blocks have of patients, from which the trail rows of the next are made.
    let stretch: Mutex<TrailStretch>
    let trailPace: TrailPace
    private let founding: Mutex<FoundingRow>
    /// The trail rows; what LevelDB does not know by its name, it leaves alone.
    let trailFiles: BlobFiles
    /// What the trail rows of a block are written on; the next one's find room in it.
    let sheet = Mutex(TrailSheet())
    /// Up to which height each of the files has trail rows; nil until that was looked for.
    let trailTops = Mutex([UInt64: Height]?.none)
    /// What a block is written with: the next one finds room in it.
    private let group = Mutex(WriteGroup())

    /// What the ledger begins with here: the genesis, or a snapshot.
    var base: FoundingRow { founding.withLock { $0 } }

    /// The lowest height whose batches are kept; 1 where nothing was pruned.
    var entriesFrom: Height { floor.withLock { $0 } }

    /// A block as it is served and shown.
    struct Stored: Sendable {
        let height: Height
        let block: [UInt8]
        let proof: CommitRow
    }

    /// Opens the blocks in the directory `path`; of their files `residentBytesMax` bytes may be
    /// resident in memory, and trail rows are written at a pace.
    init(
        path: String, residentBytesMax: Int = DatabaseOptions().residentBytesMax,
        trailPace: TrailPace = .standard
    ) throws(StorageError) {
        var options = DatabaseOptions()
        options.residentBytesMax = residentBytesMax
        let database = try Database(path: path, options: options)
        let bytes = try database.get(BlockStore.floorKey)
        floor = Mutex(Height(max(1, bytes?.count == 8 ? bytes?.bigEndian(at: 0) ?? 1 : 1)))
        founding = Mutex(
            try database.get(BlockStore.baseKey).map { (bytes) throws(StorageError) in
                try BlockStore.founding(bytes, path: path)
            } ?? FoundingRow())
        trailFiles = try BlobFiles(
            directory: path, suffix: BlockStore.trailSuffix,
            byteCountMax: BlockStore.trailFileBytes)
        stretch = Mutex(TrailStretch(trailPace))
        self.trailPace = trailPace
        self.database = database
    }

    private static func founding(
        _ bytes: [UInt8], path: String
    ) throws(StorageError) -> FoundingRow {
        do {
            return try FoundingRow.decode(bytes[...])
        } catch {
            throw .corruption(path: path, detail: "the row of its beginning: \(error)")
        }
    }

    /// Writes what a ledger needs that begins with a snapshot, on a disk that has no block.
    func found(_ adopted: AdoptedSnapshot) throws(StorageError) {
        guard try headHeight() == .genesis else {
            throw .refused(path: database.path, detail: "there are blocks already")
        }
        let (height, tree) = (adopted.height, adopted.snapshot.manifest.tree)
        var group = WriteGroup()
        for row in adopted.rows { group.put(row, at: height) }
        group.put(
            RowKey(height, kind: BlockStore.proofKind).bytes,
            CommitRow(commit: adopted.snapshot.proof, stateRowsFrom: height).encoded)
        let founding = FoundingRow(height: height, tree: tree)
        group.put(BlockStore.baseKey, founding.encoded)
        group.put(BlockStore.floorKey, height.next.blocks.bigEndianBytes)
        try database.write(group, synced: true)
        floor.withLock { $0 = height.next }
        self.founding.withLock { $0 = founding }
    }

    /// Writes a decided block: all of it or nothing, and on the disk when the call returns.
    func write(_ block: CommittedBlock) throws(StorageError) {
        try group.withLock { (group) throws(StorageError) in
            group.clear()
            for row in block.rows { BlockStore.put(row, at: block.height, into: &group) }
            try putTrails(of: block, into: &group)
            group.put(
                RowKey(block.height, kind: BlockStore.proofKind).bytes,
                CommitRow(commit: block.proof, stateRowsFrom: block.stateRowsFrom).encoded)
            try database.write(group, synced: true)
        }
    }

    /// The height of the last block; genesis where there is none.
    func headHeight() throws(StorageError) -> Height {
        var cursor = database.cursor()
        guard try cursor.previous() else { return .genesis }
        guard let key = RowKey(cursor.key) else {
            throw .corruption(path: database.path, detail: "the last key is none of a block")
        }
        return key.height
    }

    func block(at height: Height) throws(StorageError) -> Stored? {
        try block(at: height) { key throws(StorageError) in try database.get(key) }
    }

    /// A block, decoded, whose commit proof names it and which names its batches; nil where they do
    /// not: then ``block(at:)`` says what is wrong.
    ///
    /// LevelDB's checksums are not looked at, since they would be taken over the batches, which lie
    /// in the same piece of a file.
    func namedBlock(at height: Height) throws(StorageError) -> Block? {
        let stored = try block(at: height) { key throws(StorageError) in
            try database.uncheckedGet(key)
        }
        guard let stored, let block = try? Block.decode(stored.block),
            block.header.height == height, stored.proof.commit.block.hash == block.hash,
            block.header.batchesRoot == Block.batchesRoot(block.batches)
        else { return nil }
        return block
    }

    private func block(
        at height: Height, _ get: ([UInt8]) throws(StorageError) -> [UInt8]?
    ) throws(StorageError) -> Stored? {
        guard let block = try get(RowKey(height, kind: LedgerRow.Kind.block.rawValue).bytes)
        else { return nil }
        let key = RowKey(height, kind: BlockStore.proofKind).bytes
        guard let bytes = try get(key) else {
            throw .corruption(path: database.path, detail: "block \(height) lacks its proof")
        }
        do throws(CBORError) {
            return Stored(
                height: height, block: block, proof: try CommitRow.decode(bytes[...]))
        } catch {
            throw .corruption(path: database.path, detail: "proof of \(height): \(error)")
        }
    }

    /// The batches of a block, in its order.
    ///
    /// - Throws: ``StorageError/pruned(_:keptFrom:)`` where they were pruned.
    func batches(at height: Height) throws(StorageError) -> [[UInt8]] {
        try requireEntries(at: height)
        return try rows(.batch, at: height)
    }

    /// Throws where the batches of a height were pruned.
    func requireEntries(at height: Height) throws(StorageError) {
        let from = entriesFrom
        if height < from { throw .pruned(height, keptFrom: from) }
    }

    /// Deletes the batches and trails below a height, in one step for readers and for the disk.
    ///
    /// Headers, commit proofs, the tree and the runs stay: what is left is proved by them.
    func removeBatches(from first: Height, below height: Height) throws(StorageError) {
        guard height > entriesFrom else { return }
        let ledgerKinds = [.batch] + LedgerRow.Kind.formerTrails
        let kinds =
            ledgerKinds.map(\.rawValue)
            + [BlockStore.pieceKind(.batch), BlockStore.trailKind].compactMap(\.self)
        var group = WriteGroup()
        group.put(BlockStore.floorKey, height.blocks.bigEndianBytes)
        for blocks in first.blocks..<height.blocks {
            for kind in kinds {
                var cursor = database.cursor(.rows(Height(blocks), kind: kind))
                while try cursor.next() { group.delete(cursor.key) }
            }
        }
        floor.withLock { $0 = height }
        try database.write(group, synced: true)
        try removeTrailFiles()
    }

    func row(
        _ kind: LedgerRow.Kind, at height: Height, number: UInt64 = 0
    ) throws(StorageError) -> [UInt8]? {
        if BlockStore.pieceKind(kind) != nil,
            let row = try pieced(kind, at: height, number: number)
        {
            return row
        }
        return try database.get(RowKey(height, kind: kind.rawValue, number: number).bytes)
    }

    /// All rows of one kind of a height, by number.
    func rows(_ kind: LedgerRow.Kind, at height: Height) throws(StorageError) -> [[UInt8]] {
        var rows = try pieced(kind, at: height)
        guard rows.isEmpty else { return rows }
        var cursor = database.cursor(.rows(height, kind: kind.rawValue))
        while try cursor.next() { rows.append(cursor.value) }
        return rows
    }

    /// Deletes the rows of these heights that only a restart needs.
    func removeStateRows(_ heights: Range<Height>) throws(StorageError) {
        var group = WriteGroup()
        for blocks in heights.lowerBound.blocks..<heights.upperBound.blocks {
            for kind in [LedgerRow.Kind.changes, .chunk] {
                var cursor = database.cursor(.rows(Height(blocks), kind: kind.rawValue))
                while try cursor.next() { group.delete(cursor.key) }
            }
        }
        try database.write(group, synced: false)
    }

    /// Gives back the space of rows that were deleted.
    func compact(_ heights: Range<Height>) {
        database.compact(.heights(heights))
    }

    /// Calls `body` with the rows that a restart needs, by height and kind.
    func stateRows(
        from first: Height, through last: Height,
        _ body: (LedgerRow.Kind, Height, [UInt8]) throws(NodeError) -> Void
    ) throws(NodeError) {
        var height = first
        while height <= last {
            for kind in [LedgerRow.Kind.changes, .chunk] {
                let found: [[UInt8]]
                do throws(StorageError) {
                    found = try rows(kind, at: height)
                } catch {
                    throw .storage(error)
                }
                guard !found.isEmpty else {
                    throw .damaged(
                        what: "the data base of blocks",
                        detail: "height \(height) lacks its \(kind) row")
                }
                for bytes in found { try body(kind, height, bytes) }
            }
            height = height.next
        }
    }
}
