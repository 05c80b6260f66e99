public import Cryptography
public import Primitives

/// Where a tiled log has the hash of a complete subtree: in which tile, and over which of its
/// hashes.
///
/// Source: C2SP tlog-tiles, "Merkle Tree".
public struct TileNode: Hashable, Sendable {
    /// The tile's path under the log's prefix.
    public let path: String
    /// How many hashes the tile has.
    public let width: Int
    private let first: Int
    private let count: Int

    /// The place of a node in the log of a tree with so many leaves; nil where it is not there.
    public init?(_ node: MerkleNode, treeSize: UInt64) {
        guard (0..<64).contains(node.level), node.range.end <= treeSize,
            node.range.start < node.range.end
        else { return nil }
        let level = node.level / 8
        let inside = UInt64(node.level % 8)
        let start = node.index << inside
        let number = start / UInt64(TileWriter.width)
        let hashes = treeSize >> UInt64(8 * level)
        width = Int(min(UInt64(TileWriter.width), hashes - number * UInt64(TileWriter.width)))
        path =
            "tile/\(level)/\(TileWriter.name(number))"
            + (width == TileWriter.width ? "" : ".p/\(width)")
        first = Int(start % UInt64(TileWriter.width))
        count = 1 << inside
    }

    /// The node's hash, from the bytes of its tile; nil where they are not as many as they should
    /// be.
    public func hash(in tile: [UInt8]) -> Digest? {
        guard tile.count == width * 32 else { return nil }
        let hashes = (first..<first + count).compactMap {
            Digest(Array(tile[$0 * 32..<($0 + 1) * 32]))
        }
        return hashes.count == count ? MerkleTree.root(of: hashes) : nil
    }
}

extension TileWriter {
    /// The path of the bundle with this number, of a tree with so many leaves, and how many entries
    /// it has; nil past the last.
    public static func bundle(
        _ number: UInt64, treeSize: UInt64
    ) -> (path: String, count: Int)? {
        let first = number.multipliedReportingOverflow(by: UInt64(width))
        guard !first.overflow, first.partialValue < treeSize else { return nil }
        let count = Int(min(UInt64(width), treeSize - first.partialValue))
        let suffix = count == width ? "" : ".p/\(count)"
        return ("tile/entries/\(name(number))\(suffix)", count)
    }

    /// The entries of a bundle; nil where it has not exactly so many.
    public static func entries(of bundle: [UInt8], count: Int) -> [ArraySlice<UInt8>]? {
        var entries: [ArraySlice<UInt8>] = []
        var place = 0
        while entries.count < count {
            guard bundle.count - place >= 2 else { return nil }
            let length = Int(bundle[place]) << 8 | Int(bundle[place + 1])
            guard bundle.count - place - 2 >= length else { return nil }
            entries.append(bundle[place + 2..<place + 2 + length])
            place += 2 + length
        }
        return place == bundle.count ? entries : nil
    }
}
