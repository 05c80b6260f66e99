public import Cryptography
public import Primitives

/// How a tree row is cut for a disk, so that one of its hashes can be read without the others.
///
/// A piece has 256 hashes, the first one also what stands before them; the pieces in their order
/// are the row.
public enum TreePieces {
    /// How many hashes a piece has, but for the last.
    static let hashCount = 256

    /// The pieces of a row; all of it is one where it cannot be read.
    public static func cut(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        guard var start = start(in: unsafe bytes.span.bytes) else { return [bytes[...]] }
        var pieces: [ArraySlice<UInt8>] = []
        var first = 0
        while bytes.count - start > 32 * hashCount {
            start += 32 * hashCount
            pieces.append(bytes[first..<start])
            first = start
        }
        return pieces + [bytes[first...]]
    }

    /// Which piece of the row of the block that begins with `firstLeaf` has the hash of a complete
    /// subtree; nil where an earlier block's leaf closes it.
    public static func piece(of node: MerkleNode, firstLeaf: UInt64) -> Int? {
        TreeRow.place(of: node, firstLeaf: firstLeaf, .max).map { $0 / hashCount }
    }

    /// The hash of a complete subtree, out of the piece that it is in, of the block that begins
    /// with `firstLeaf`; nil where it is not there.
    public static func hash(
        of node: MerkleNode, firstLeaf: UInt64, in piece: RawSpan
    ) -> Digest? {
        guard let place = TreeRow.place(of: node, firstLeaf: firstLeaf, .max),
            let before = place < hashCount ? start(in: piece) : 0
        else { return nil }
        let start = before + 32 * (place % hashCount)
        guard piece.byteCount - start >= 32 else { return nil }
        return Digest(piece.extracting(start..<(start + 32)))
    }

    /// Where the hashes begin in the first piece, or in a whole row.
    private static func start(in bytes: RawSpan) -> Int? {
        var offset = 0
        guard bytes.cborHead(4, at: &offset) == 4, bytes.cborHead(0, at: &offset) == 1,
            bytes.cborHead(0, at: &offset) != nil,
            let batches = bytes.cborHead(4, at: &offset), batches <= UInt64(Block.batchCountMax)
        else { return nil }
        for _ in 0..<batches where bytes.cborHead(0, at: &offset) == nil { return nil }
        return bytes.cborHead(2, at: &offset) == nil ? nil : offset
    }
}
