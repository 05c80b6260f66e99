public import Primitives

/// The bytes of a ``RunsRow``, read where they lie: of thousands of runs a reader wants a few.
public struct RunsTable: Sendable {
    public let height: Height
    private let directory: ArraySlice<UInt8>
    private let runs: ArraySlice<UInt8>

    /// How many bytes of the directory a run has.
    private static let stride = 8

    /// The runs of the block at a height; those of an older version's row, too.
    ///
    /// - Throws: ``LedgerError/malformed(what:_:)`` where the bytes are no runs row.
    public init(_ bytes: [UInt8], height: Height) throws(LedgerError) {
        let row =
            FormerRunsRow.isOne(bytes)
            ? try FormerRunsRow.asNow(bytes, height: height) : bytes
        self.height = height
        (directory, runs) = try reading("runs row", row[...]) { reader throws(CBORError) in
            try reader.array(exactly: 3)
            try reader.version(RunsRow.version)
            return (try reader.bytes(), try reader.bytes())
        }
        guard directory.count % RunsTable.stride == 0 else {
            throw .restore("the runs row of height \(height) is damaged")
        }
    }

    /// No runs.
    init(_ height: Height) {
        self.height = height
        directory = []
        runs = []
    }

    /// How many runs there are; they stand by slot.
    public var count: Int { directory.count / RunsTable.stride }

    public func slot(_ place: Int) -> UInt32 {
        directory.bigEndian(at: RunsTable.stride * place, as: UInt32.self)
    }

    /// A run, but for its slot.
    struct Run: Sendable {
        /// The height of the term's run before this one; 0 where this is the first.
        let previousHeight: Height
        let totalBefore: UInt64
        fileprivate let ranges: VarintReader

        /// Calls `body` with the places in the block of the run's entries, ascending, for as long
        /// as it says so.
        ///
        /// - Returns: false where it did not, or the bytes are no ranges.
        @inline(__always)
        func forEachPosition(_ body: (Int) -> Bool) -> Bool {
            var ranges = ranges
            var last = 0
            while !ranges.isAtEnd {
                guard let word = ranges.next(), let more = word & 1 == 0 ? 0 : ranges.next(),
                    word < 1 << 33, more < 1 << 32
                else { return false }
                let first = last + Int(word >> 1)
                last = word & 1 == 0 ? first : first + Int(more) + 1
                for position in first...last {
                    guard body(position) else { return false }
                }
                guard last < 1 << 32 else { return false }
            }
            return true
        }
    }

    /// The run that stands here; nil where the row is damaged.
    @inline(__always)
    func run(_ place: Int) -> Run? {
        let start = start(place)
        let end = place + 1 < count ? self.start(place + 1) : runs.count
        guard start <= end, end <= runs.count else { return nil }
        var reader = VarintReader(runs[(runs.startIndex + start)..<(runs.startIndex + end)])
        guard let back = reader.next(), back <= height.blocks, let total = reader.next()
        else { return nil }
        return Run(
            previousHeight: back == 0 ? .genesis : Height(height.blocks - back),
            totalBefore: total, ranges: reader)
    }

    /// Which run is that of a slot, by a binary search; nil where the block has none for it.
    public func place(ofSlot slot: UInt32) -> Int? {
        let place = (0..<count).partitioningIndex { self.slot($0) >= slot }
        return place < count && self.slot(place) == slot ? place : nil
    }

    /// A run, and the height of the term's run before it; `tree` is the row of the same block, for
    /// the leaf hashes.
    public func run(
        _ place: Int, _ tree: TreeRow
    ) throws(LedgerError) -> (run: TermRun, previousHeight: Height) {
        guard let run = run(place) else {
            throw .restore("the runs row of height \(height) is damaged")
        }
        var items: [TermRun.Item] = []
        let isWhole = run.forEachPosition { position in
            let leaf = tree.firstLeaf + UInt64(position)
            guard let hash = tree.leafHash(at: leaf) else { return false }
            items.append(TermRun.Item(leafIndex: leaf, leafHash: hash))
            return true
        }
        guard isWhole else {
            throw .restore("the runs row of height \(height) names more than the block has")
        }
        return (
            TermRun(height: height, totalBefore: run.totalBefore, entries: items),
            run.previousHeight
        )
    }

    private func start(_ place: Int) -> Int {
        Int(directory.bigEndian(at: RunsTable.stride * place + 4, as: UInt32.self))
    }
}
