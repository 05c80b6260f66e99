internal import Cryptography
public import Primitives

/// What a table is but for its rows: its head, and the hashes of the chunks that the rows come in.
///
/// A chunk is the fewest rows that make ``chunkByteCount`` bytes, the last one what is left. Who
/// has the outline of a hash can check each chunk by itself, whoever it comes from.
public struct TableOutline: Hashable, Sendable {
    /// The table's canonical bytes before the first row.
    public let head: [UInt8]
    /// The leaf hash of each chunk (RFC 9162, section 2.1.1).
    public let leaves: [Digest]

    /// How many bytes a chunk has at least, but for the last one.
    public static let chunkByteCount = 65_536
    /// How many bytes a row has at most.
    public static let rowByteCountMax = 65_536
    /// The most chunks of a table.
    static let chunkCountMax = 65_536
    /// The most bytes before the first row.
    static let headByteCountMax = 65_536

    public init(head: [UInt8], leaves: [Digest]) {
        self.head = head
        self.leaves = leaves
    }

    /// The hash of the table.
    public var hash: Digest {
        TableOutline.hash(head: head, root: MerkleTree.root(of: leaves))
    }

    /// The hash of a table with this head, and this root over the chunks.
    static func hash(head: [UInt8], root: Digest) -> Digest {
        var hasher = SHA256.Hasher()
        hasher.update("custos knowledge table")
        hasher.update(head)
        hasher.update(root)
        return hasher.finish()
    }

    /// Whether these bytes are the chunk of a number.
    public func isChunk(_ bytes: [UInt8], number: Int) -> Bool {
        leaves.indices.contains(number) && SHA256.leaf(bytes) == leaves[number]
    }
}

extension TableOutline {
    /// `[1, bstr, [* digest]]`.
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: head.count + 34 * leaves.count + 16)
        writer.array(3)
        writer.unsigned(1)
        writer.bytes(head)
        writer.array(leaves.count)
        for leaf in leaves { writer.digest(leaf) }
        return writer.bytes
    }

    /// Reads an outline from exactly these bytes; believed in nothing before ``hash`` was compared.
    public static func decode(_ bytes: [UInt8]) throws(CBORError) -> TableOutline {
        try CBORReader.whole(bytes[...]) { reader throws(CBORError) in
            try reader.array(exactly: 3)
            try reader.version(1)
            let head = Array(try reader.bytes(atMost: headByteCountMax))
            return TableOutline(
                head: head,
                leaves: try reader.list(atMost: chunkCountMax) { reader throws(CBORError) in
                    try reader.digest()
                })
        }
    }
}
