internal import Cryptography
public import Primitives
public import Records

/// An entry with its place on the ledger.
public struct CommittedEntry: Hashable, Sendable {
    public let leafIndex: UInt64
    public let leafHash: Digest
    public let height: Height
    /// Time of the block that anchored it.
    public let anchored: Timestamp
    public let entry: Entry
    /// What the issuer signed.
    public let bytes: [UInt8]

    /// The entry at a place of a block.
    ///
    /// - Throws: ``SupervisionError/entry(leafIndex:_:)`` for bytes that are no entry.
    public init(
        leafIndex: UInt64, height: Height, anchored: Timestamp, bytes: [UInt8]
    ) throws(SupervisionError) {
        self.leafIndex = leafIndex
        leafHash = SHA256.leaf(bytes)
        self.height = height
        self.anchored = anchored
        self.bytes = bytes
        do throws(EntryError) {
            entry = try Entry.decode(bytes)
        } catch {
            throw .entry(leafIndex: leafIndex, error)
        }
    }

    init(
        leafIndex: UInt64, leafHash: Digest, height: Height, anchored: Timestamp, entry: Entry,
        bytes: [UInt8]
    ) {
        self.leafIndex = leafIndex
        self.leafHash = leafHash
        self.height = height
        self.anchored = anchored
        self.entry = entry
        self.bytes = bytes
    }

    /// Where a fact of its payload stands.
    public func position(ordinal: UInt32 = 0) -> LedgerPosition {
        LedgerPosition(
            leafIndex: leafIndex, leafHash: leafHash, ordinal: ordinal, height: height,
            anchored: anchored, issuer: entry.issuer)
    }
}

extension CommittedEntry {
    /// `height, 8 ‖ anchored, 8 ‖ entry`: the row of the entry table.
    var row: [UInt8] {
        height.blocks.bigEndianBytes
            + UInt64(bitPattern: anchored.milliseconds).bigEndianBytes + bytes
    }

    init(leafIndex: UInt64, row: [UInt8]) throws(SupervisionError) {
        guard row.count > 16, let height = row.bigEndianNumber,
            let anchored = row.dropFirst(8).bigEndianNumber
        else { throw .damaged(table: "entry", key: leafIndex.bigEndianBytes) }
        try self.init(
            leafIndex: leafIndex, height: Height(height),
            anchored: Timestamp(milliseconds: Int64(bitPattern: anchored)),
            bytes: Array(row.dropFirst(16)))
    }
}
