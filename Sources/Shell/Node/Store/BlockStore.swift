internal import Consensus
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
    private static let proofVersion: UInt64 = 1
    /// The row at height 0 that says from which height on the batches are kept.
    private static let floorKey = RowKey(.genesis, kind: 8).bytes

    private let floor: Mutex<Height>
    /// The last blocks, whose terms the trail rows of the next are made from; the writer's.
    let stretch = Mutex(TrailStretch())

    /// The lowest height whose batches are kept; 1 where nothing was pruned.
    var entriesFrom: Height { floor.withLock { $0 } }

    /// Why a block stands, and what a restart after it must read.
    struct Proof: Sendable {
        let commit: CommitProof
        /// The lowest height whose changes and chunk rows a restart needs.
        let stateRowsFrom: Height
    }

    /// A block as it is served and shown.
    struct Stored: Sendable {
        let height: Height
        let block: [UInt8]
        let proof: Proof
    }

    init(path: String) throws(StorageError) {
        let database = try Database(path: path)
        let bytes = try database.get(BlockStore.floorKey)
        floor = Mutex(Height(max(1, bytes?.count == 8 ? bytes?.bigEndian64(at: 0) ?? 1 : 1)))
        self.database = database
    }

    /// Writes a decided block: all of it or nothing, and on the disk when the call returns.
    func write(_ block: CommittedBlock) throws(StorageError) {
        var group = WriteGroup()
        for row in block.rows { group.put(row, at: block.height) }
        for row in try trailRows(after: block) { group.put(row, at: block.height) }
        var writer = CBORWriter(reservingCapacity: 1_024)
        writer.array(3)
        writer.unsigned(BlockStore.proofVersion)
        block.proof.write(to: &writer)
        writer.unsigned(block.stateRowsFrom.blocks)
        group.put(RowKey(block.height, kind: BlockStore.proofKind).bytes, writer.bytes)
        try database.write(group, synced: true)
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
        guard let block = try row(.block, at: height) else { return nil }
        let key = RowKey(height, kind: BlockStore.proofKind).bytes
        guard let bytes = try database.get(key) else {
            throw .corruption(path: database.path, detail: "block \(height) lacks its proof")
        }
        do throws(CBORError) {
            var reader = CBORReader(bytes)
            try reader.array(exactly: 3)
            _ = try reader.unsigned("version", atMost: BlockStore.proofVersion)
            let commit = try CommitProof.read(from: &reader).claimed
            let proof = Proof(
                commit: commit, stateRowsFrom: Height(try reader.unsigned()))
            return Stored(height: height, block: block, proof: proof)
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
        var group = WriteGroup()
        group.put(BlockStore.floorKey, height.blocks.bigEndianBytes)
        for blocks in first.blocks..<height.blocks {
            for kind in [LedgerRow.Kind.batch, .trail] {
                var cursor = database.cursor(.rows(Height(blocks), kind: kind.rawValue))
                while try cursor.next() { group.delete(cursor.key) }
            }
        }
        floor.withLock { $0 = height }
        try database.write(group, synced: true)
    }

    func row(
        _ kind: LedgerRow.Kind, at height: Height, number: UInt64 = 0
    ) throws(StorageError) -> [UInt8]? {
        try database.get(RowKey(height, kind: kind.rawValue, number: number).bytes)
    }

    /// All rows of one kind of a height, by number.
    func rows(_ kind: LedgerRow.Kind, at height: Height) throws(StorageError) -> [[UInt8]] {
        var cursor = database.cursor(.rows(height, kind: kind.rawValue))
        var rows: [[UInt8]] = []
        while try cursor.next() { rows.append(cursor.value) }
        return rows
    }

    /// Deletes the rows of these heights that only a restart needs.
    func removeStateRows(_ heights: Range<Height>) throws(StorageError) {
        var group = WriteGroup()
        for blocks in heights.lowerBound.blocks..<heights.upperBound.blocks {
            for kind in [LedgerRow.Kind.changes, .chunk] {
                group.delete(RowKey(Height(blocks), kind: kind.rawValue).bytes)
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
                let bytes: [UInt8]?
                do throws(StorageError) {
                    bytes = try row(kind, at: height)
                } catch {
                    throw .storage(error)
                }
                guard let bytes else {
                    throw .damaged(
                        what: "the data base of blocks",
                        detail: "height \(height) lacks its \(kind) row")
                }
                try body(kind, height, bytes)
            }
            height = height.next
        }
    }
}
