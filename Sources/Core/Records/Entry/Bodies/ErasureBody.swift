internal import Primitives

/// One holder's certificate that its keys and salts for the payloads of entries are destroyed.
public struct ErasureBody: Hashable, Sendable {
    /// Leaf indexes of the entries, increasing, 1 to 1,024.
    public let leaves: [UInt64]
    /// On what ground, 1 to 256 bytes.
    public let ground: String

    public init(leaves: [UInt64], ground: String) {
        self.leaves = leaves
        self.ground = ground
    }
}

extension ErasureBody {
    init(from reader: inout CBORReader) throws(CBORError) {
        try reader.map(exactly: 2)
        try reader.key(0)
        leaves = try reader.leafIndexes()
        try reader.key(1)
        ground = try reader.nonEmptyText(atMost: HoldBody.groundByteCountMax)
    }

    func encode(into writer: inout CBORWriter) {
        writer.map(2)
        writer.unsigned(0)
        writer.leafIndexes(leaves)
        writer.unsigned(1)
        writer.text(ground)
    }
}
