public import Primitives

/// The bytes of a ``RunsRow``, read where they lie: of thousands of runs a reader wants a few.
///
/// Those of an older version's row, too.
public struct RunsTable: Sendable {
    public let height: Height
    private let directory: ArraySlice<UInt8>
    private let runs: ArraySlice<UInt8>
    private let isFormer: Bool

    /// How many bytes of the directory a run has.
    private var stride: Int { isFormer ? FormerRunsRow.stride : RunsRow.stride }

    /// The runs of the block at a height.
    ///
    /// - Throws: ``LedgerError/malformed(what:_:)`` where the bytes are no runs row.
    public init(_ bytes: [UInt8], height: Height) throws(LedgerError) {
        self.height = height
        let isFormer = FormerRunsRow.isOne(bytes)
        self.isFormer = isFormer
        (directory, runs) = try reading("runs row", bytes[...]) { reader throws(CBORError) in
            try reader.array(exactly: 3)
            try reader.version(isFormer ? FormerRunsRow.version : RunsRow.version)
            return (try reader.bytes(), try reader.bytes())
        }
        guard directory.count.isMultiple(of: stride),
            !isFormer || runs.count.isMultiple(of: FormerRunsRow.positionByteCount)
        else { throw .restore("the runs row of height \(height) is damaged") }
    }

    /// How many runs there are; they stand by slot.
    public var count: Int { directory.count / stride }

    public func slot(_ place: Int) -> UInt32 {
        directory.bigEndian(at: stride * place, as: UInt32.self)
    }

    /// The run that stands here; nil where the row is damaged.
    @inline(__always)
    func run(_ place: Int) -> Run? {
        let unit = isFormer ? FormerRunsRow.positionByteCount : 1
        let start = unit * start(place)
        let end = place + 1 < count ? unit * self.start(place + 1) : runs.count
        guard start <= end, end <= runs.count else { return nil }
        if isFormer { return formerRun(place, start..<end) }
        let bytes = runs.span
        var reader = VarintReader(start..<end)
        guard let back = reader.next(in: bytes), back <= height.blocks,
            let total = reader.next(in: bytes)
        else { return nil }
        return Run(
            previousHeight: back == 0 ? .genesis : Height(height.blocks - back),
            totalBefore: total, positions: .ranges(reader))
    }

    private func formerRun(_ place: Int, _ positions: Range<Int>) -> Run? {
        let previous = directory.bigEndian(at: stride * place + 8)
        guard previous < height.blocks else { return nil }
        return Run(
            previousHeight: Height(previous),
            totalBefore: directory.bigEndian(at: stride * place + 16),
            positions: .words(positions))
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
        let isWhole = forEachPosition(of: run) { position in
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
        Int(directory.bigEndian(at: stride * place + 4, as: UInt32.self))
    }
}

extension RunsTable {
    /// A run, but for its slot; its positions stand in the table that it is of.
    struct Run: Sendable {
        /// The height of the term's run before this one; 0 where this is the first.
        let previousHeight: Height
        let totalBefore: UInt64
        fileprivate let positions: Positions

        fileprivate enum Positions {
            case ranges(VarintReader)
            /// Of an older version: 4 bytes each.
            case words(Range<Int>)
        }
    }

    /// Calls `body` with the places in the block of the entries of one of the table's runs, in
    /// order, for as long as it says so.
    ///
    /// - Returns: false where it did not, or the bytes are no ranges.
    @inline(__always)
    func forEachPosition(of run: Run, _ body: (Int) -> Bool) -> Bool {
        switch run.positions {
        case .words(let words): forEach(words, body)
        case .ranges(let ranges): forEach(ranges, body)
        }
    }

    @inline(__always)
    private func forEach(_ ranges: VarintReader, _ body: (Int) -> Bool) -> Bool {
        let bytes = runs.span
        var ranges = ranges
        var last = 0
        while !ranges.isAtEnd {
            guard let word = ranges.next(in: bytes),
                let more = word & 1 == 0 ? 0 : ranges.next(in: bytes),
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

    private func forEach(_ words: Range<Int>, _ body: (Int) -> Bool) -> Bool {
        let starts = Swift.stride(
            from: words.lowerBound, to: words.upperBound, by: FormerRunsRow.positionByteCount)
        return starts.allSatisfy { body(Int(runs.bigEndian(at: $0, as: UInt32.self))) }
    }
}
