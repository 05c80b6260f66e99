public import Primitives

/// A legal hold on the payloads of entries, or its end: while it stands they must not be erased.
public struct HoldBody: Hashable, Sendable {
    public let hold: OpaqueID
    /// Leaf indexes of the entries, increasing, 1 to 1,024.
    public let leaves: [UInt64]
    /// Why, 1 to 256 bytes.
    public let ground: String
    /// The last day of the hold; nil where it stands until it is lifted.
    public let until: Day?
    /// Whether the entry ends the hold.
    public let isLifted: Bool

    public init(
        hold: OpaqueID, leaves: [UInt64], ground: String, until: Day? = nil,
        isLifted: Bool = false
    ) {
        self.hold = hold
        self.leaves = leaves
        self.ground = ground
        self.until = until
        self.isLifted = isLifted
    }

    /// The most entries that one hold, or one erasure, names.
    public static let leafCountMax = 1_024
    /// The longest ground, in bytes.
    public static let groundByteCountMax = 256
}

extension HoldBody {
    init(from reader: inout CBORReader) throws(CBORError) {
        try reader.map(exactly: 5)
        try reader.key(0)
        hold = try reader.opaqueID()
        try reader.key(1)
        leaves = try reader.leafIndexes()
        try reader.key(2)
        ground = try reader.nonEmptyText(atMost: HoldBody.groundByteCountMax)
        try reader.key(3)
        until = try reader.isNull() ? nil : reader.day()
        try reader.key(4)
        isLifted = try reader.bool()
    }

    func encode(into writer: inout CBORWriter) {
        writer.map(5)
        writer.unsigned(0)
        writer.bytes(hold.bytes)
        writer.unsigned(1)
        writer.leafIndexes(leaves)
        writer.unsigned(2)
        writer.text(ground)
        writer.unsigned(3)
        if let until { writer.integer(Int64(until.number)) } else { writer.null() }
        writer.unsigned(4)
        writer.bool(isLifted)
    }
}

extension CBORReader {
    /// Leaf indexes in increasing order, one at least.
    mutating func leafIndexes() throws(CBORError) -> [UInt64] {
        let start = offset
        let count = try array(atMost: HoldBody.leafCountMax)
        guard count > 0 else {
            throw .unexpected(offset: start, expected: "a leaf index", found: "none")
        }
        var leaves: [UInt64] = []
        leaves.reserveCapacity(count)
        for _ in 0..<count {
            let start = offset
            let leaf = try unsigned()
            if let last = leaves.last, last >= leaf {
                throw .unexpected(
                    offset: start, expected: "leaf indexes in increasing order",
                    found: "\(leaf) after \(last)")
            }
            leaves.append(leaf)
        }
        return leaves
    }
}

extension CBORWriter {
    mutating func leafIndexes(_ leaves: [UInt64]) {
        array(leaves.count)
        for leaf in leaves { unsigned(leaf) }
    }
}
