public import Ledger
public import Primitives

/// A block as this room needs it: its place, its roots and its entries in ledger order.
public struct CommittedBlock: Sendable {
    public let height: Height
    /// The block's time: when its entries were anchored.
    public let anchored: Timestamp
    /// Root of the ledger tree after the block.
    public let treeRoot: Digest
    /// State root after the block.
    public let stateRoot: Digest
    /// The leaf index of the first entry.
    public let firstLeaf: UInt64
    /// How many entries the block has.
    public let leafCount: Int
    /// Those that have effect: nobody judges by the others, and nothing is delivered for them.
    public let entries: [CommittedEntry]

    /// The block with this header over these entries, as they stand in the ledger.
    ///
    /// - Throws: ``SupervisionError/entry(leafIndex:_:)`` for bytes that are no entry.
    public init(
        header: BlockHeader, firstLeaf: UInt64, entries: [ArraySlice<UInt8>],
        unfit: [UnfitEntry] = []
    ) throws(SupervisionError) {
        let idle = Set(unfit.map(\.leafIndex))
        var committed: [CommittedEntry] = []
        committed.reserveCapacity(entries.count)
        for (index, bytes) in entries.enumerated()
        where !idle.contains(firstLeaf + UInt64(index)) {
            committed.append(
                try CommittedEntry(
                    leafIndex: firstLeaf + UInt64(index), height: header.height,
                    anchored: header.time, bytes: Array(bytes)))
        }
        self.init(
            header: header, firstLeaf: firstLeaf, leafCount: entries.count, entries: committed)
    }

    /// The block that the ledger has just executed; nothing is read or hashed again.
    public init(_ executed: ExecutedBlock) {
        let idle = Set(executed.unfit.map(\.leafIndex))
        var committed: [CommittedEntry] = []
        committed.reserveCapacity(executed.leafHashes.count)
        var next = executed.firstLeaf
        for batch in executed.batches {
            for (index, entry) in batch.entries.enumerated() {
                defer { next += 1 }
                guard !idle.contains(next) else { continue }
                committed.append(
                    CommittedEntry(
                        leafIndex: next,
                        leafHash: batch.leafHashes[index], height: executed.header.height,
                        anchored: executed.header.time, entry: entry,
                        bytes: Array(batch.entryBytes[index])))
            }
        }
        self.init(
            header: executed.header, firstLeaf: executed.firstLeaf,
            leafCount: executed.leafHashes.count, entries: committed)
    }

    private init(
        header: BlockHeader, firstLeaf: UInt64, leafCount: Int, entries: [CommittedEntry]
    ) {
        height = header.height
        anchored = header.time
        treeRoot = header.treeRoot
        stateRoot = header.stateRoot
        self.firstLeaf = firstLeaf
        self.leafCount = leafCount
        self.entries = entries
    }
}
