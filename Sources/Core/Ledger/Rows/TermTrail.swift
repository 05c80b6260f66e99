internal import Cryptography
public import Primitives

/// The runs of one patient over some blocks, with their entries: what a trail is read from.
///
/// Runs and entries lie with their blocks, beside those of everybody else, so that a trail over a
/// thousand blocks would take thousands of reads of long rows. A trail row has those of some
/// patients, one after the other. It says nothing that the blocks do not, and leaf hashes are not
/// in it: whoever reads hashes the entries, and compares with what the ledger's state commits to.
///
/// Patients alone, because an audit asks for the whole list of one; of other terms, which have
/// more entries in a block, the blocks are read. Each copy costs an entry's bytes once more.
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

    /// How many runs a row has of one slot at most: one of each block of a lap (``TrailPace``).
    static let itemCountMax = 1_024

    /// How many entries a run may have to be copied.
    ///
    /// Longer ones are read from the block, where one read serves many entries.
    static let runCountMax = 16

    /// How many bytes of entries a row has, but for the last slot's, which are not cut.
    static let rowByteCount = 4 << 10

    /// The run at a height; nil where it was left out.
    public subscript(height: Height) -> Item? {
        let place = items.indices.partitioningIndex { items[$0].run.height >= height }
        guard place < items.count, items[place].run.height == height else { return nil }
        return items[place]
    }

    /// How many bytes its entries have.
    public var byteCount: Int {
        items.reduce(0) { $0 + $1.entries.reduce(0) { $0 + $1.count } }
    }

    /// Reads from exactly these bytes of a trail row what it has of one slot: a copy, so that the
    /// row, most of which is others', need not be kept with it.
    public static func decode(
        _ bytes: [UInt8], slot: UInt32
    ) throws(LedgerError) -> TermTrail {
        let own = try reading("trail row", bytes[...]) { reader throws(CBORError) in
            try reader.array(exactly: 2)
            try reader.version(1)
            var own: ArraySlice<UInt8>?
            for _ in 0..<(try reader.array(atMost: .max)) {
                try reader.array(exactly: 2)
                let isOwn = try reader.unsigned() == slot
                let runs = try reader.bytes()
                if isOwn { own = runs }
            }
            return own
        }
        guard let own else { return TermTrail(items: []) }
        return try reading("trail", Array(own)[...]) { reader throws(CBORError) in
            TermTrail(
                items: try reader.list(atMost: itemCountMax) { reader throws(CBORError) in
                    try Item(from: &reader)
                })
        }
    }
}

extension TermTrail.Item {
    /// Exactly these bytes, as a row has them; nil where they are none.
    init?(encoded bytes: [UInt8]) {
        var reader = CBORReader(bytes)
        guard let item = try? TermTrail.Item(from: &reader), reader.isAtEnd else { return nil }
        self = item
    }

    fileprivate init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 4)
        let height = try reader.height()
        previousHeight = try reader.height()
        let totalBefore = try reader.unsigned()
        let count = try reader.array(atMost: TermTrail.runCountMax)
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
