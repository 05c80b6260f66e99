public import Primitives

/// The bytes of a ``RunsRow``, read where they lie: of thousands of runs a reader wants a few.
public struct RunsTable: Sendable {
    public let height: Height
    private let directory: ArraySlice<UInt8>
    private let positions: ArraySlice<UInt8>

    /// How many bytes of the directory a run has.
    private static let stride = 24

    /// The runs of the block at a height.
    ///
    /// - Throws: ``LedgerError/malformed(what:_:)`` where the bytes are no runs row.
    public init(_ bytes: [UInt8], height: Height) throws(LedgerError) {
        self.height = height
        (directory, positions) = try reading("runs row", bytes[...]) {
            reader throws(CBORError) in
            try reader.array(exactly: 3)
            try reader.version(1)
            return (try reader.bytes(), try reader.bytes())
        }
        guard directory.count % RunsTable.stride == 0, positions.count % 4 == 0 else {
            throw .restore("the runs row of height \(height) is damaged")
        }
    }

    /// No runs.
    init(_ height: Height) {
        self.height = height
        directory = []
        positions = []
    }

    /// How many runs there are; they stand by slot.
    public var count: Int { directory.count / RunsTable.stride }

    public func slot(_ place: Int) -> UInt32 {
        UInt32(truncatingIfNeeded: directory.bigEndian(at: RunsTable.stride * place) >> 32)
    }

    public func previousHeight(_ place: Int) -> Height {
        Height(directory.bigEndian(at: RunsTable.stride * place + 8))
    }

    func totalBefore(_ place: Int) -> UInt64 {
        directory.bigEndian(at: RunsTable.stride * place + 16)
    }

    /// Where the positions of a run stand; nil where the row is damaged.
    func range(_ place: Int) -> Range<Int>? {
        let first = start(place)
        let end = place + 1 < count ? start(place + 1) : positions.count / 4
        return first <= end && end <= positions.count / 4 ? first..<end : nil
    }

    /// The place in the block of the entry that stands here among the positions.
    func position(_ index: Int) -> Int {
        Int(positions.bigEndian(at: 4 * index, as: UInt32.self))
    }

    /// Which run is that of a slot, by a binary search; nil where the block has none for it.
    public func place(ofSlot slot: UInt32) -> Int? {
        let place = (0..<count).partitioningIndex { self.slot($0) >= slot }
        return place < count && self.slot(place) == slot ? place : nil
    }

    /// A run; `tree` is the row of the same block, for the leaf hashes.
    public func run(_ place: Int, _ tree: TreeRow) throws(LedgerError) -> TermRun {
        guard let range = range(place) else {
            throw .restore("the runs row of height \(height) is damaged")
        }
        var items: [TermRun.Item] = []
        items.reserveCapacity(range.count)
        for index in range {
            let leaf = tree.firstLeaf + UInt64(position(index))
            guard let hash = tree.leafHash(at: leaf) else {
                throw .restore("the runs row of height \(height) names leaf \(leaf)")
            }
            items.append(TermRun.Item(leafIndex: leaf, leafHash: hash))
        }
        return TermRun(height: height, totalBefore: totalBefore(place), entries: items)
    }

    private func start(_ place: Int) -> Int {
        Int(directory.bigEndian(at: RunsTable.stride * place) & 0xffff_ffff)
    }
}
