internal import Cryptography
public import Primitives

/// The entries of one block that concern one term: one leaf of the term's tree.
public struct TermRun: Hashable, Sendable {
    public let height: Height
    /// How many entries of the term stand in earlier blocks.
    public let totalBefore: UInt64
    /// In ledger order.
    public let entries: [Item]

    public init(height: Height, totalBefore: UInt64, entries: [Item]) {
        self.height = height
        self.totalBefore = totalBefore
        self.entries = entries
    }

    /// An entry, by its place in the ledger tree and its leaf hash.
    public struct Item: Hashable, Sendable {
        public let leafIndex: UInt64
        public let leafHash: Digest

        public init(leafIndex: UInt64, leafHash: Digest) {
            self.leafIndex = leafIndex
            self.leafHash = leafHash
        }
    }

    /// The bytes of the run's leaf, without the 0x00 of leaf hashes.
    ///
    /// Height, total before, then leaf index and leaf hash of each entry; integers are 8 bytes,
    /// big-endian. Source: `docs/formats/state.md`.
    public var leafBytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16 + 40 * entries.count)
        bytes.append(bigEndian: height.blocks)
        bytes.append(bigEndian: totalBefore)
        for item in entries {
            bytes.append(bigEndian: item.leafIndex)
            bytes.append(item.leafHash)
        }
        return bytes
    }

    /// The hash of the run's leaf in the term's tree.
    public var leafHash: Digest { SHA256.leaf(leafBytes) }
}

extension [UInt8] {
    mutating func append(_ digest: Digest) {
        unsafe digest.withBytes { unsafe append(contentsOf: $0) }
    }
}
