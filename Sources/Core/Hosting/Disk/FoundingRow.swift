public import Cryptography
public import Primitives

/// What a ledger begins with on a disk: the genesis, or a snapshot after some block.
public struct FoundingRow: Sendable {
    /// The block that it begins after; genesis where all blocks are there.
    public let height: Height
    /// The ledger tree after that block.
    public let tree: MerkleFrontier

    public init(height: Height = .genesis, tree: MerkleFrontier = MerkleFrontier()) {
        self.height = height
        self.tree = tree
    }

    /// `[1, height, tree size, [* peak]]` (`docs/formats/snapshot.md`).
    public var encoded: [UInt8] {
        var writer = CBORWriter(reservingCapacity: 64 + 34 * tree.peaks.count)
        writer.array(4)
        writer.unsigned(1)
        writer.unsigned(height.blocks)
        writer.unsigned(tree.size)
        writer.array(tree.peaks.count)
        for peak in tree.peaks { writer.digest(peak) }
        return writer.bytes
    }

    /// Reads what ``encoded`` gave.
    public static func decode(_ bytes: ArraySlice<UInt8>) throws -> FoundingRow {
        var reader = CBORReader(bytes)
        try reader.array(exactly: 4)
        try reader.version(1)
        let height = Height(try reader.unsigned())
        let size = try reader.unsigned()
        var peaks: [Digest] = []
        for _ in 0..<(try reader.array(atMost: 64)) { peaks.append(try reader.digest()) }
        try reader.finish()
        return FoundingRow(height: height, tree: try MerkleFrontier(size: size, peaks: peaks))
    }
}
