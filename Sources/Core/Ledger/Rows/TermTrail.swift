internal import Cryptography
public import Primitives

/// The runs of one term over some blocks, with their entries: what a trail is read from.
///
/// Runs and entries lie with their blocks, beside those of everybody else, so that a trail over a
/// thousand blocks would take thousands of reads of long rows. A trail row has one term's, side by
/// side. It says nothing that the blocks do not, and leaf hashes are not in it: whoever reads
/// hashes the entries, and compares with what the ledger's state commits to.
public struct TermTrail: Sendable {
    /// By height; those of blocks in which the term has many entries are left out.
    public let items: [Item]

    /// A run, and what stands under its leaves.
    public struct Item: Sendable {
        public let run: TermRun
        /// The height of the term's run before this one; 0 where this is the first.
        public let previousHeight: Height
        public let entries: [ArraySlice<UInt8>]
    }

    /// How many blocks a row covers.
    public static let heightCount: UInt64 = 16

    /// How many entries of a block of `entryCount` a run may have to be copied.
    ///
    /// Longer ones are read from the block, where one read serves many entries. So an entry is
    /// copied for its patient and its practitioner, and seldom for its institution or action.
    static func runCountMax(entryCount: Int) -> Int { min(16, max(1, entryCount / 32)) }

    /// The height with whose block the row is written that has a slot's run at `height`.
    ///
    /// Each slot's turn comes every ``heightCount`` blocks, so that all blocks write as much.
    public static func height(ofSlot slot: UInt32, covering height: Height) -> Height {
        let wait = (UInt64(slot) &- height.blocks) % heightCount
        return Height(height.blocks + wait)
    }

    /// The run at a height; nil where it was left out.
    public subscript(height: Height) -> Item? {
        items.first { $0.run.height == height }
    }

    /// Reads a trail row from exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(LedgerError) -> TermTrail {
        try reading("trail row", bytes[...]) { reader throws(CBORError) in
            try reader.array(exactly: 2)
            try reader.version(1)
            var items: [Item] = []
            for _ in 0..<(try reader.array(atMost: Int(heightCount))) {
                items.append(try Item(from: &reader))
            }
            return TermTrail(items: items)
        }
    }
}

extension TermTrail.Item {
    init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 4)
        let height = try reader.height()
        previousHeight = try reader.height()
        let totalBefore = try reader.unsigned()
        let count = try reader.array(atMost: TermTrail.runCountMax(entryCount: .max))
        var items: [TermRun.Item] = []
        var entries: [ArraySlice<UInt8>] = []
        items.reserveCapacity(count)
        entries.reserveCapacity(count)
        for _ in 0..<count {
            try reader.array(exactly: 2)
            let leaf = try reader.unsigned()
            let entry = try reader.bytes()
            items.append(TermRun.Item(leafIndex: leaf, leafHash: SHA256.leaf(entry)))
            entries.append(entry)
        }
        run = TermRun(height: height, totalBefore: totalBefore, entries: items)
        self.entries = entries
    }
}
