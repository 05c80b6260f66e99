public import Primitives

/// A head of another ledger, as the state map keeps it once it is anchored.
///
/// Source: `docs/formats/state.md`, space 15.
public struct AnchoredHead: Hashable, Sendable {
    /// The hash of the header.
    public let hash: Digest
    public let treeSize: UInt64
    public let treeRoot: Digest
    /// The leaf index of the anchor entry, in this ledger.
    public let leaf: UInt64
    /// The height of the head that was anchored before.
    public let previous: Height?

    init(of header: BlockHeader, leaf: UInt64, previous: Height?) {
        hash = header.hash
        treeSize = header.treeSize
        treeRoot = header.treeRoot
        self.leaf = leaf
        self.previous = previous
    }
}

extension AnchoredHead {
    /// `[digest, uint, digest, uint, height / null]`.
    func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 96)
        writer.array(5)
        writer.digest(hash)
        writer.unsigned(treeSize)
        writer.digest(treeRoot)
        writer.unsigned(leaf)
        if let previous { writer.unsigned(previous.blocks) } else { writer.null() }
        return writer.bytes
    }

    /// Reads the value from exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(LedgerError) -> AnchoredHead {
        try reading("anchored head", bytes[...]) { reader throws(CBORError) in
            try reader.array(exactly: 5)
            return AnchoredHead(
                hash: try reader.digest(), treeSize: try reader.unsigned(),
                treeRoot: try reader.digest(), leaf: try reader.unsigned(),
                previous: try reader.isNull() ? nil : try reader.height())
        }
    }

    private init(
        hash: Digest, treeSize: UInt64, treeRoot: Digest, leaf: UInt64, previous: Height?
    ) {
        self.hash = hash
        self.treeSize = treeSize
        self.treeRoot = treeRoot
        self.leaf = leaf
        self.previous = previous
    }
}
