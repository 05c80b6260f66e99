import Cryptography
import Primitives
import TestSupport
import Testing

@testable import Tiles

/// The files of a log, read back by what C2SP tlog-tiles says and nothing of the writer.
private struct TiledLog {
    private(set) var files: [String: [UInt8]] = [:]
    let size: Int

    init(_ entries: [[UInt8]]) {
        var writer = TileWriter()
        for entry in entries {
            for file in writer.add(entry[...]) { files[file.path] = file.bytes }
        }
        for file in writer.partialFiles() { files[file.path] = file.bytes }
        size = entries.count
    }

    /// The file of a tile: full, or the partial one of its width.
    private func tile(_ level: String, _ number: Int, of count: Int) -> [UInt8]? {
        var digits = "\(number)"
        while !digits.count.isMultiple(of: 3) { digits = "0" + digits }
        var groups: [String] = []
        while !digits.isEmpty {
            groups.append(String(digits.prefix(3)))
            digits.removeFirst(3)
        }
        let name = groups.dropLast().map { "x\($0)/" }.joined() + (groups.last ?? "")
        let width = min(256, count - 256 * number)
        return files["tile/\(level)/\(name)" + (width < 256 ? ".p/\(width)" : "")]
    }

    /// The hashes of a level of tiles, from left to right.
    func hashes(_ level: Int) -> [Digest]? {
        let count = size >> (8 * level)
        var hashes: [Digest] = []
        for number in 0..<((count + 255) / 256) {
            guard let bytes = tile("\(level)", number, of: count) else { return nil }
            for start in stride(from: 0, to: bytes.count, by: 32) {
                guard let hash = Digest(bytes[start..<min(start + 32, bytes.count)]) else {
                    return nil
                }
                hashes.append(hash)
            }
        }
        return hashes.count == count ? hashes : nil
    }

    /// The entries of all bundles.
    var entries: [[UInt8]]? {
        var entries: [[UInt8]] = []
        for number in 0..<((size + 255) / 256) {
            guard var bytes = tile("entries", number, of: size)?[...] else { return nil }
            while bytes.count >= 2 {
                let length = bytes.prefix(2).reduce(0) { $0 << 8 | Int($1) }
                entries.append(Array(bytes.dropFirst(2).prefix(length)))
                bytes = bytes.dropFirst(2 + length)
            }
        }
        return entries
    }
}

@Suite("Tiled log")
struct TileWriterTests {
    private func entries(_ count: Int) -> [[UInt8]] {
        var random = SplitMix(seed: UInt64(count))
        return (0..<count).map { number in
            [UInt8(truncatingIfNeeded: number), UInt8(truncatingIfNeeded: number >> 8)]
                + (0..<random.below(9)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        }
    }

    @Test(
        "entries and hashes are read back from the files alone, and give the root",
        arguments: [0, 1, 2, 255, 256, 257, 511, 512, 1_000, 65_536, 65_537, 66_050])
    func readsBack(count: Int) throws {
        let entries = entries(count)
        let log = TiledLog(entries)
        #expect(log.entries == entries)
        let leaves = try #require(log.hashes(0))
        #expect(leaves == entries.map { SHA256.leaf($0) })
        var writer = TileWriter()
        for entry in entries { _ = writer.add(entry[...]) }
        #expect(writer.root == MerkleTree.root(of: leaves))
        // Every level above holds the roots of the full tiles below.
        for level in 1..<4 where count >> (8 * level) > 0 {
            let below = try #require(log.hashes(level - 1))
            let above = try #require(log.hashes(level))
            for (index, hash) in above.enumerated() {
                #expect(MerkleTree.root(of: below[(256 * index)..<(256 * index + 256)]) == hash)
            }
        }
    }

    @Test("tiles are named as the specification's example has it")
    func names() {
        #expect(TileWriter.name(0) == "000")
        #expect(TileWriter.name(67) == "067")
        #expect(TileWriter.name(1_000) == "x001/000")
        #expect(TileWriter.name(1_234_067) == "x001/x234/067")
    }
}
