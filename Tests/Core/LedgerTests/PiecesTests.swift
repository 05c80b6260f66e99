import Cryptography
import Primitives
import Records
import Testing

@testable import Ledger

@Suite("Rows in pieces")
struct PiecesTests {
    private func entry(_ place: Int, in piece: [UInt8]) -> [UInt8]? {
        BatchPieces.entry(place, in: unsafe piece.span.bytes)
    }

    private func hash(of node: MerkleNode, _ firstLeaf: UInt64, in piece: [UInt8]) -> Digest? {
        TreePieces.hash(of: node, firstLeaf: firstLeaf, in: unsafe piece.span.bytes)
    }

    /// Batches around the length of a piece, entries of many lengths.
    @Test(
        "the pieces of a batch are the batch, and each has the entries of its places",
        arguments: [1, 2, 15, 16, 17, 32, 33, 100])
    func batch(_ count: Int) throws {
        let entries = (0..<count).map { place in
            [UInt8](repeating: UInt8(place), count: place % 7 == 0 ? 300 : place)
        }
        var writer = CBORWriter()
        writer.array(3)
        writer.unsigned(1)
        writer.bytes([UInt8](repeating: 9, count: 200))
        writer.array(count)
        for entry in entries { writer.bytes(entry) }
        let pieces = BatchPieces.cut(writer.bytes).map(Array.init)
        #expect(pieces.flatMap(\.self) == writer.bytes)
        #expect(pieces.count == (count + 15) / 16)
        for (place, bytes) in entries.enumerated() {
            let piece = pieces[BatchPieces.piece(ofEntry: place)]
            #expect(entry(place, in: piece) == bytes)
            // A piece that is too short has no entry that could be taken for another.
            let short = Array(piece.prefix(piece.count / 2))
            let found = entry(place, in: short)
            #expect(found == nil || found == bytes)
        }
        guard count % BatchPieces.entryCount > 0 else { return }
        #expect(entry(count, in: pieces[pieces.count - 1]) == nil)
    }

    @Test(
        "bytes that are no row stay whole",
        arguments: [[], [0x83], [0x83, 1, 0x41], [0xff, 2]] as [[UInt8]])
    func noRow(_ bytes: [UInt8]) {
        #expect(BatchPieces.cut(bytes).map(Array.init) == [bytes])
        #expect(TreePieces.cut(bytes).map(Array.init) == [bytes])
        #expect(entry(0, in: bytes) == nil)
        let leaf = MerkleNode(level: 0, index: 0)
        #expect(hash(of: leaf, 0, in: bytes) == nil)
    }

    /// Blocks that begin at, before and behind places where many subtrees close.
    @Test(
        "the pieces of a tree row are the row, and each has the hashes that it is asked for",
        arguments: [(0, 1), (0, 129), (1, 128), (255, 400), (1_000, 1_025), (4_095, 600)])
    func tree(_ firstLeaf: UInt64, _ count: UInt64) throws {
        var frontier = MerkleFrontier()
        var nodes: [Digest] = []
        for leaf in 0..<(firstLeaf + count) {
            frontier.append(SHA256.hash(Array("leaf \(leaf)".utf8))) { _, hash in
                if leaf >= firstLeaf { nodes.append(hash) }
            }
        }
        let row = TreeRow(firstLeaf: firstLeaf, batchCounts: [Int(count)], nodes: nodes)
        let bytes = row.encode()
        let pieces = TreePieces.cut(bytes).map(Array.init)
        #expect(pieces.flatMap(\.self) == bytes)
        #expect(pieces.count == max(1, (nodes.count + 255) / 256))
        for level in 0..<13 {
            for index in 0..<((firstLeaf + count) >> UInt64(level)) {
                let node = MerkleNode(level: level, index: index)
                let piece = TreePieces.piece(of: node, firstLeaf: firstLeaf)
                #expect((piece == nil) == (row.hash(of: node) == nil))
                guard let piece else { continue }
                let found = hash(of: node, firstLeaf, in: pieces[piece])
                #expect(found == row.hash(of: node))
            }
        }
    }
}
