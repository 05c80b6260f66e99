public import Primitives

/// How far the ledger has been taken in: the last block, and its roots.
public struct LedgerMark: Hashable, Sendable {
    public let height: Height
    public let anchored: Timestamp
    public let treeRoot: Digest
    public let stateRoot: Digest
    /// How many entries the ledger has up to and with the block.
    public let leafCount: UInt64

    init(
        height: Height, anchored: Timestamp, treeRoot: Digest, stateRoot: Digest,
        leafCount: UInt64
    ) {
        self.height = height
        self.anchored = anchored
        self.treeRoot = treeRoot
        self.stateRoot = stateRoot
        self.leafCount = leafCount
    }

    init(_ block: CommittedBlock) {
        self.init(
            height: block.height, anchored: block.anchored, treeRoot: block.treeRoot,
            stateRoot: block.stateRoot,
            leafCount: block.firstLeaf + UInt64(block.leafCount))
    }

    /// Before the first block.
    static let genesis = LedgerMark(
        height: .genesis, anchored: Timestamp(milliseconds: 0), treeRoot: .zero,
        stateRoot: .zero, leafCount: 0)

    /// Where the mark of the newest block lies.
    static let key = Table.mark.key(Array("head".utf8))

    /// Where the mark of a block with entries lies.
    static func key(_ height: Height) -> [UInt8] {
        Table.mark.key([1], height.blocks.bigEndianBytes)
    }

    var row: [UInt8] {
        height.blocks.bigEndianBytes
            + UInt64(bitPattern: anchored.milliseconds).bigEndianBytes
            + leafCount.bigEndianBytes + treeRoot.bytes + stateRoot.bytes
    }

    init(row: [UInt8]) throws(SupervisionError) {
        guard row.count == 88, let height = row.bigEndianNumber,
            let anchored = row.dropFirst(8).bigEndianNumber,
            let leafCount = row.dropFirst(16).bigEndianNumber,
            let treeRoot = Digest(row[24..<56]), let stateRoot = Digest(row[56..<88])
        else { throw .damaged(table: "mark", key: LedgerMark.key) }
        self.init(
            height: Height(height), anchored: Timestamp(milliseconds: Int64(bitPattern: anchored)),
            treeRoot: treeRoot, stateRoot: stateRoot, leafCount: leafCount)
    }
}
