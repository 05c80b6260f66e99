internal import Cryptography
public import Primitives

/// Cuts a tree of entries into the files of a tiled log, entry by entry, in constant memory.
///
/// A tile is 256 hashes; those of level l+1 are the roots of the full tiles of level l. Bundles
/// hold the entries of one tile of level 0. What is not full at the end is a partial tile.
///
/// Source: C2SP tlog-tiles, "Merkle Tree" and "Log Entries".
public struct TileWriter: Sendable {
    /// A file of the log: its path under the log's prefix, and its bytes.
    public struct File: Hashable, Sendable {
        public let path: String
        public let bytes: [UInt8]
    }

    private var tree = MerkleFrontier()
    private var levels: [Level] = []
    private var bundle: [UInt8] = []

    /// The hashes of the tile that is not full yet, and how many tiles of its level are.
    private struct Level {
        var hashes: [Digest] = []
        var tileCount: UInt64 = 0
    }

    /// How many hashes a full tile has, and entries a full bundle.
    public static let width = 256
    /// The longest entry that a bundle can hold, in bytes.
    public static let entryByteCountMax = 65_535

    public init() {}

    public var size: UInt64 { tree.size }
    public var root: Digest { tree.root }

    /// Takes in the next entry, of at most 65,535 bytes, and returns the files that are full now.
    public mutating func add(_ entry: ArraySlice<UInt8>) -> [File] {
        precondition(entry.count <= Self.entryByteCountMax, "no bundle holds such an entry")
        let hash = SHA256.leaf(entry)
        tree.append(hash)
        bundle.append(UInt8(entry.count >> 8))
        bundle.append(UInt8(entry.count & 0xff))
        bundle.append(contentsOf: entry)
        var files: [File] = []
        if tree.size.isMultiple(of: UInt64(Self.width)) {
            let number = tree.size / UInt64(Self.width) - 1
            files.append(File(path: "tile/entries/" + Self.name(number), bytes: bundle))
            bundle = []
        }
        add(hash, 0, &files)
        return files
    }

    private mutating func add(_ hash: Digest, _ level: Int, _ files: inout [File]) {
        if level == levels.count { levels.append(Level()) }
        levels[level].hashes.append(hash)
        guard levels[level].hashes.count == Self.width else { return }
        let hashes = levels[level].hashes
        files.append(file(level, levels[level].tileCount, hashes, ""))
        levels[level].hashes = []
        levels[level].tileCount += 1
        add(MerkleTree.root(of: hashes), level + 1, &files)
    }

    /// The partial tiles and the partial bundle at the end.
    public func partialFiles() -> [File] {
        var files: [File] = []
        let rest = tree.size % UInt64(Self.width)
        if rest > 0 {
            let number = tree.size / UInt64(Self.width)
            files.append(
                File(path: "tile/entries/\(Self.name(number)).p/\(rest)", bytes: bundle))
        }
        for (number, level) in levels.enumerated() where !level.hashes.isEmpty {
            files.append(
                file(number, level.tileCount, level.hashes, ".p/\(level.hashes.count)"))
        }
        return files
    }

    private func file(
        _ level: Int, _ number: UInt64, _ hashes: [Digest], _ suffix: String
    ) -> File {
        File(
            path: "tile/\(level)/\(Self.name(number))\(suffix)", bytes: hashes.flatMap(\.bytes))
    }

    /// A tile's number in groups of three digits, all but the last with an x: `x001/x234/067`.
    static func name(_ number: UInt64) -> String {
        func group(_ value: UInt64) -> String {
            let digits = String(value)
            return String(repeating: "0", count: 3 - digits.utf8.count) + digits
        }
        var name = group(number % 1_000)
        var rest = number / 1_000
        while rest > 0 {
            name = "x\(group(rest % 1_000))/" + name
            rest /= 1_000
        }
        return name
    }
}
