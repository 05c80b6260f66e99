public import Primitives

/// What a vote is for: a block, and the root of the ledger tree after it.
///
/// The root stands beside the hash because a precommit signs the root itself, as a receipt
/// (`docs/formats/block.md`).
public struct BlockID: Hashable, Sendable {
    /// SHA-256 of the header bytes.
    public let hash: Digest
    /// RFC 9162 root of the ledger tree after the block.
    public let treeRoot: Digest

    public init(hash: Digest, treeRoot: Digest) {
        self.hash = hash
        self.treeRoot = treeRoot
    }

    /// Appends `[block hash, tree root]`.
    public func write(to writer: inout CBORWriter) {
        writer.array(2)
        writer.digest(hash)
        writer.digest(treeRoot)
    }

    /// Reads `[block hash, tree root]`.
    public init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 2)
        hash = try reader.digest()
        treeRoot = try reader.digest()
    }
}

extension BlockID: Comparable {
    public static func < (left: BlockID, right: BlockID) -> Bool {
        left.hash != right.hash ? left.hash < right.hash : left.treeRoot < right.treeRoot
    }
}

extension BlockID: CustomStringConvertible {
    /// The first four bytes of the hash, enough for a log line.
    public var description: String { String(hash.description.prefix(8)) }
}
