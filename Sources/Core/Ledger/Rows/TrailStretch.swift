public import Primitives

/// The last blocks, from which the trail rows of the next are made.
///
/// Each block writes the rows of every sixteenth slot, with what the last sixteen blocks have of
/// those. What it writes depends on these blocks alone.
public struct TrailStretch: Sendable {
    private var blocks: [Block] = []

    struct Block: Sendable {
        let height: Height
        let firstLeaf: UInt64
        let runs: RunsTable
        let entries: [ArraySlice<UInt8>]
        /// The places of the runs that are copied, by the slot's turn; and where each turn starts.
        let places: [UInt32]
        let starts: [Int]
    }

    public init() {}

    /// The last height that was added; nil where there is none.
    public var last: Height? { blocks.last?.height }

    /// Adds a block; one that does not follow the last begins anew.
    ///
    /// - Parameters:
    ///   - height: the block's.
    ///   - firstLeaf: the leaf index of its first entry.
    ///   - runs: its runs row; nil where it has none.
    ///   - entries: its entries' bytes, in order.
    /// - Throws: ``LedgerError`` where the bytes are no runs row.
    public mutating func add(
        _ height: Height, firstLeaf: UInt64, runs: [UInt8]?, entries: [ArraySlice<UInt8>]
    ) throws(LedgerError) {
        if last?.next != height { blocks = [] }
        if blocks.count == TermTrail.heightCount { blocks.removeFirst() }
        let table = try runs.map { bytes throws(LedgerError) in
            try RunsTable(bytes, height: height)
        }
        blocks.append(
            Block(
                height: height, firstLeaf: firstLeaf, runs: table ?? RunsTable(height),
                entries: table == nil ? [] : entries))
    }

    /// The trail rows that the last block writes.
    ///
    /// None unless the blocks before are there too, so that a row is whole or missing.
    public func rows() -> [LedgerRow] {
        guard let first = blocks.first, let last = blocks.last,
            blocks.count == TermTrail.heightCount || first.height == Height(1)
        else { return [] }
        let turn = Int(last.height.blocks % TermTrail.heightCount)
        // Slot, block, run: in this order, and in one word each.
        var keys: [UInt64] = []
        for (number, block) in blocks.enumerated() {
            for place in block.places[block.starts[turn]..<block.starts[turn + 1]] {
                let slot = UInt64(block.runs.slot(Int(place)))
                keys.append(slot << 32 | UInt64(number) << 28 | UInt64(place))
            }
        }
        keys.sort()
        var rows: [LedgerRow] = []
        var start = 0
        while start < keys.count {
            var end = start + 1
            while end < keys.count, keys[end] >> 32 == keys[start] >> 32 { end += 1 }
            let bytes = encode(keys[start..<end])
            rows.append(LedgerRow(kind: .trail, number: keys[start] >> 32, bytes: bytes))
            start = end
        }
        return rows
    }

    private func encode(_ keys: ArraySlice<UInt64>) -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 512 * keys.count)
        writer.array(2)
        writer.unsigned(1)
        writer.array(keys.count)
        for key in keys {
            let block = blocks[Int(key >> 28 & 0xf)]
            let place = Int(key & 0xfff_ffff)
            let range = block.runs.range(place) ?? 0..<0
            writer.array(4)
            writer.unsigned(block.height.blocks)
            writer.unsigned(block.runs.previousHeight(place).blocks)
            writer.unsigned(block.runs.totalBefore(place))
            writer.array(range.count)
            for index in range {
                let position = block.runs.position(index)
                writer.array(2)
                writer.unsigned(block.firstLeaf + UInt64(position))
                writer.bytes(block.entries[position])
            }
        }
        return writer.bytes
    }
}

extension TrailStretch.Block {
    init(
        height: Height, firstLeaf: UInt64, runs: RunsTable, entries: [ArraySlice<UInt8>]
    ) {
        self.height = height
        self.firstLeaf = firstLeaf
        self.runs = runs
        self.entries = entries
        let limit = TermTrail.runCountMax(entryCount: entries.count)
        var byTurn = [[UInt32]](repeating: [], count: Int(TermTrail.heightCount))
        for place in 0..<runs.count {
            guard let range = runs.range(place), (1...limit).contains(range.count),
                range.allSatisfy({ runs.position($0) < entries.count })
            else { continue }
            byTurn[Int(UInt64(runs.slot(place)) % TermTrail.heightCount)].append(UInt32(place))
        }
        var starts = [0]
        for places in byTurn { starts.append((starts.last ?? 0) + places.count) }
        places = byTurn.flatMap { $0 }
        self.starts = starts
    }
}
