public import Cryptography
public import Primitives

/// What a block added to the ledger tree: how its leaves fall into batches, and its hashes.
///
/// The hashes are those of all complete subtrees that the block's leaves close, leaf by leaf, the
/// leaf itself first. So each hash has a number, by which it is found in a block's row: the node
/// of level l that leaf i closes is number 2i − (ones in i) + l.
public struct TreeRow: Hashable, Sendable {
    public let firstLeaf: UInt64
    /// How many entries each batch has, in order.
    public let batchCounts: [Int]
    /// The hashes as they lie on the disk, 32 bytes each: of thousands a reader wants a few.
    private let hashes: ArraySlice<UInt8>

    init(firstLeaf: UInt64, batchCounts: [Int], nodes: [Digest]) {
        var hashes: [UInt8] = []
        hashes.reserveCapacity(32 * nodes.count)
        for node in nodes { hashes.append(node) }
        self.init(firstLeaf: firstLeaf, batchCounts: batchCounts, hashes: hashes[...])
    }

    private init(firstLeaf: UInt64, batchCounts: [Int], hashes: ArraySlice<UInt8>) {
        self.firstLeaf = firstLeaf
        self.batchCounts = batchCounts
        self.hashes = hashes
    }

    /// How many leaves the block has.
    public var leafCount: Int { batchCounts.reduce(0, +) }

    /// The hash of a complete subtree, or nil where another block's leaf closes it.
    public func hash(of node: MerkleNode) -> Digest? {
        guard let place = TreeRow.place(of: node, firstLeaf: firstLeaf, hashes.count / 32) else {
            return nil
        }
        let start = hashes.startIndex + 32 * place
        return Digest(hashes[start..<(start + 32)])
    }

    /// Where a subtree's hash stands among the `count` that a block from `firstLeaf` on has.
    static func place(of node: MerkleNode, firstLeaf: UInt64, _ count: Int) -> Int? {
        let lastLeaf = node.range.end - 1
        guard lastLeaf >= firstLeaf else { return nil }
        let offset = number(ofLeaf: lastLeaf) - number(ofLeaf: firstLeaf) + UInt64(node.level)
        return offset < UInt64(count) ? Int(offset) : nil
    }

    /// The leaf hash of an entry of the block.
    public func leafHash(at leaf: UInt64) -> Digest? {
        hash(of: MerkleNode(level: 0, index: leaf))
    }

    /// Where an entry of the block stands: batch of the block, entry of the batch, from 0.
    public func place(ofLeaf leaf: UInt64) -> (batch: Int, entry: Int)? {
        guard leaf >= firstLeaf, leaf - firstLeaf < UInt64(leafCount) else { return nil }
        var rest = Int(leaf - firstLeaf)
        for (batch, count) in batchCounts.enumerated() {
            if rest < count { return (batch, rest) }
            rest -= count
        }
        return nil
    }

    /// How many complete subtrees the leaves before this one close.
    static func number(ofLeaf leaf: UInt64) -> UInt64 {
        2 * leaf - UInt64(leaf.nonzeroBitCount)
    }
}

extension TreeRow {
    func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: hashes.count + 4 * batchCounts.count + 32)
        writer.array(4)
        writer.unsigned(1)
        writer.unsigned(firstLeaf)
        writer.array(batchCounts.count)
        for count in batchCounts { writer.unsigned(UInt64(count)) }
        writer.bytes(hashes)
        return writer.bytes
    }

    /// The leaf hash of an entry by a row that lies on this node's disk, of which nothing else is
    /// read; nil where it is not there.
    public static func leafHash(at leaf: UInt64, in bytes: RawSpan) -> Digest? {
        var offset = 0
        guard bytes.cborHead(4, at: &offset) == 4, bytes.cborHead(0, at: &offset) == 1,
            let first = bytes.cborHead(0, at: &offset), first <= leaf,
            let batches = bytes.cborHead(4, at: &offset), batches <= UInt64(Block.batchCountMax)
        else { return nil }
        for _ in 0..<batches where bytes.cborHead(0, at: &offset) == nil { return nil }
        guard let hashes = bytes.cborBytes(at: &offset),
            let place = place(
                of: MerkleNode(level: 0, index: leaf), firstLeaf: first, hashes.count / 32)
        else { return nil }
        let start = hashes.lowerBound + 32 * place
        return Digest(bytes.extracting(start..<(start + 32)))
    }

    /// Reads a tree row from exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(LedgerError) -> TreeRow {
        try reading("tree row", bytes[...]) { reader throws(CBORError) in
            try reader.array(exactly: 4)
            try reader.version(1)
            let firstLeaf = try reader.unsigned("leaf index", atMost: 1 << 62)
            var counts: [Int] = []
            for _ in 0..<(try reader.array(atMost: Block.batchCountMax)) {
                counts.append(
                    Int(try reader.unsigned("count", atMost: UInt64(BatchHeader.entryCountMax))))
            }
            let start = reader.offset
            let hashes = try reader.bytes()
            let end = firstLeaf + UInt64(counts.reduce(0, +))
            let expected = number(ofLeaf: end) - number(ofLeaf: firstLeaf)
            guard hashes.count % 32 == 0, UInt64(hashes.count / 32) == expected else {
                throw .unexpected(
                    offset: start, expected: "\(expected) hashes", found: "\(hashes.count) bytes")
            }
            return TreeRow(firstLeaf: firstLeaf, batchCounts: counts, hashes: hashes)
        }
    }
}
