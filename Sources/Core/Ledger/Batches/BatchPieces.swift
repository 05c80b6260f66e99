internal import Primitives

/// How a batch is cut for a disk, so that one of its entries can be read without the others.
///
/// A piece has the bytes of sixteen entries, the first one also what stands before them; the pieces
/// in their order are the batch. Of entries of 256 bytes that is about the piece of a file that a
/// data base reads at once, and takes a checksum over.
public enum BatchPieces {
    /// How many entries a piece has, but for the last.
    public static let entryCount = 16

    /// Which piece an entry is in, by the entry's place in the batch.
    public static func piece(ofEntry place: Int) -> Int { place / entryCount }

    /// The pieces of a batch; all of it is one where it cannot be read.
    public static func cut(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        let span = unsafe bytes.span.bytes
        var offset = 0
        guard let count = entries(in: span, at: &offset) else { return [bytes[...]] }
        var pieces: [ArraySlice<UInt8>] = []
        pieces.reserveCapacity((count + entryCount - 1) / entryCount)
        var start = 0
        for place in 0..<count {
            if place > 0, place % entryCount == 0 {
                pieces.append(bytes[start..<offset])
                start = offset
            }
            guard span.cborBytes(at: &offset) != nil else { return [bytes[...]] }
        }
        pieces.append(bytes[start...])
        return pieces
    }

    /// The bytes of an entry, by its place in the batch, out of the piece that it is in; nil where
    /// it is not there.
    public static func entry(_ place: Int, in piece: RawSpan) -> [UInt8]? {
        guard place >= entryCount else { return UnverifiedBatch.entry(place, in: piece) }
        var offset = 0
        for _ in 0..<(place % entryCount) where piece.cborBytes(at: &offset) == nil { return nil }
        return piece.cborBytes(at: &offset).map { range in
            unsafe piece.extracting(range).withUnsafeBytes { unsafe [UInt8]($0) }
        }
    }

    /// How many entries a batch has, by its bytes up to the first of them, which then begins at
    /// `offset`.
    static func entries(in bytes: RawSpan, at offset: inout Int) -> Int? {
        guard bytes.cborHead(4, at: &offset) == 3, bytes.cborHead(0, at: &offset) == 1,
            bytes.cborBytes(at: &offset) != nil, let count = bytes.cborHead(4, at: &offset),
            count > 0, count <= UInt64(BatchHeader.entryCountMax)
        else { return nil }
        return Int(count)
    }
}
