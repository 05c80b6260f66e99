public import Cryptography
internal import Ledger
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
        tree.write(to: &writer)
        return writer.bytes
    }

    /// Reads what ``encoded`` gave.
    public static func decode(_ bytes: ArraySlice<UInt8>) throws(CBORError) -> FoundingRow {
        var reader = CBORReader(bytes)
        try reader.array(exactly: 4)
        try reader.version(1)
        let height = Height(try reader.unsigned())
        let tree = try MerkleFrontier.read(from: &reader)
        try reader.finish()
        return FoundingRow(height: height, tree: tree)
    }
}
