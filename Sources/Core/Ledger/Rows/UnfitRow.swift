internal import Primitives

/// The entries of a block that have no effect: what a node reads that follows the blocks.
public struct UnfitRow: Hashable, Sendable {
    /// By leaf index.
    public let entries: [UnfitEntry]

    public init(_ entries: [UnfitEntry]) {
        self.entries = entries
    }

    /// `[1, [* [leaf index, unfitness]]]`.
    func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 16 + 40 * entries.count)
        writer.array(2)
        writer.unsigned(1)
        writer.array(entries.count)
        for entry in entries {
            writer.array(2)
            writer.unsigned(entry.leafIndex)
            entry.why.encode(into: &writer)
        }
        return writer.bytes
    }

    /// Reads a row from exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(LedgerError) -> UnfitRow {
        try reading("unfit row", bytes[...]) { reader throws(CBORError) in
            try reader.array(exactly: 2)
            try reader.version(1)
            var entries: [UnfitEntry] = []
            for _ in 0..<(try reader.array(atMost: .max)) {
                try reader.array(exactly: 2)
                entries.append(
                    UnfitEntry(
                        leafIndex: try reader.unsigned(), why: try Unfitness(from: &reader)))
            }
            return UnfitRow(entries)
        }
    }
}

/// An entry that stands on the ledger and has no effect.
public struct UnfitEntry: Hashable, Sendable {
    public let leafIndex: UInt64
    public let why: Unfitness

    public init(leafIndex: UInt64, why: Unfitness) {
        self.leafIndex = leafIndex
        self.why = why
    }
}
