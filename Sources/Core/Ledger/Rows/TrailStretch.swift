internal import Cryptography
public import Primitives

/// The last blocks, from which the trail rows of the next are made.
///
/// Each block writes the rows of those slots whose turn it is (``TermTrail``), with what the last
/// blocks have of them. What it writes depends on these blocks alone.
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
    ///   - patients: the slots of patients that have a run in it, ascending.
    /// - Throws: ``LedgerError`` where the bytes are no runs row.
    public mutating func add(
        _ height: Height, firstLeaf: UInt64, runs: [UInt8]?, entries: [ArraySlice<UInt8>],
        patients: [UInt32]
    ) throws(LedgerError) {
        if last?.next != height { blocks = [] }
        if blocks.count == TermTrail.heightCount { blocks.removeFirst() }
        let table = try runs.map { bytes throws(LedgerError) in
            try RunsTable(bytes, height: height)
        }
        blocks.append(
            Block(
                height: height, firstLeaf: firstLeaf, runs: table ?? RunsTable(height),
                entries: table == nil ? [] : entries, patients: patients))
    }

    /// The trail rows that the last block writes, behind their directory.
    ///
    /// None unless the blocks before are there too, so that a row is whole or missing.
    public func rows() -> [LedgerRow] {
        guard let first = blocks.first, let last = blocks.last,
            blocks.count == TermTrail.heightCount || first.height == Height(1)
        else { return [] }
        let turn = Int(last.height.blocks % TermTrail.heightCount)
        var keys: [Key] = []
        for (number, block) in blocks.enumerated() {
            for place in block.places[block.starts[turn]..<block.starts[turn + 1]] {
                keys.append(Key(block.runs.slot(Int(place)), number, place))
            }
        }
        keys.sort()
        var rows: [LedgerRow] = []
        var start = 0
        var byteCount = 0
        for (index, key) in keys.enumerated() {
            byteCount += self.byteCount(key)
            let isLast = index + 1 == keys.count
            guard isLast || keys[index + 1].slot != key.slot && byteCount >= TermTrail.rowByteCount
            else { continue }
            let bytes = encode(keys[start...index], byteCount)
            rows.append(
                LedgerRow(kind: .trail, number: UInt64(keys[start].slot), bytes: bytes))
            (start, byteCount) = (index + 1, 0)
        }
        guard !rows.isEmpty else { return [] }
        let directory = TrailDirectory(rows.map { UInt32(truncatingIfNeeded: $0.number) })
        return [LedgerRow(kind: .trailDirectory, number: 0, bytes: directory.encode())] + rows
    }

    /// What the trail row of a slot will have of a block that is among the last; nil where it is
    /// not, or the run is left out.
    public func item(ofSlot slot: UInt32, at height: Height) -> TermTrail.Item? {
        guard let block = blocks.first(where: { $0.height == height }),
            let place = block.runs.place(ofSlot: slot), block.has(UInt32(place), slot)
        else { return nil }
        let range = block.runs.range(place) ?? 0..<0
        let entries = range.map { block.entries[block.runs.position($0)] }
        let items = zip(range, entries).map { index, entry in
            TermRun.Item(
                leafIndex: block.firstLeaf + UInt64(block.runs.position(index)),
                leafHash: SHA256.leaf(entry))
        }
        return TermTrail.Item(
            run: TermRun(
                height: height, totalBefore: block.runs.totalBefore(place), entries: items),
            previousHeight: block.runs.previousHeight(place), entries: entries)
    }

    private func byteCount(_ key: Key) -> Int {
        let block = blocks[key.block]
        return (block.runs.range(key.place) ?? 0..<0).reduce(32) {
            $0 + block.entries[block.runs.position($1)].count + 12
        }
    }

    private func encode(_ keys: ArraySlice<Key>, _ byteCount: Int) -> [UInt8] {
        let starts = keys.indices.filter {
            $0 == keys.startIndex || keys[$0].slot != keys[$0 - 1].slot
        }
        var writer = CBORWriter(reservingCapacity: byteCount + 16)
        writer.array(2)
        writer.unsigned(1)
        writer.array(starts.count)
        for (start, end) in zip(starts, starts.dropFirst() + [keys.endIndex]) {
            writer.array(2)
            writer.unsigned(UInt64(keys[start].slot))
            writer.bytes(encode(keys[start..<end]))
        }
        return writer.bytes
    }

    /// The runs of one slot.
    private func encode(_ keys: ArraySlice<Key>) -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: keys.reduce(16) { $0 + byteCount($1) })
        writer.array(keys.count)
        for key in keys {
            let block = blocks[key.block]
            let range = block.runs.range(key.place) ?? 0..<0
            writer.array(4)
            writer.unsigned(block.height.blocks)
            writer.unsigned(block.runs.previousHeight(key.place).blocks)
            writer.unsigned(block.runs.totalBefore(key.place))
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

/// A run that is copied: slot, block, place in its runs, in this order and in one word.
private struct Key: Comparable {
    private let word: UInt64

    init(_ slot: UInt32, _ block: Int, _ place: UInt32) {
        word = UInt64(slot) << 32 | UInt64(block) << 24 | UInt64(place)
    }

    var slot: UInt32 { UInt32(truncatingIfNeeded: word >> 32) }
    var block: Int { Int(word >> 24 & 0xff) }
    var place: Int { Int(word & 0xff_ffff) }

    static func < (left: Key, right: Key) -> Bool { left.word < right.word }
}

extension TrailStretch.Block {
    init(
        height: Height, firstLeaf: UInt64, runs: RunsTable, entries: [ArraySlice<UInt8>],
        patients: [UInt32]
    ) {
        self.height = height
        self.firstLeaf = firstLeaf
        self.runs = runs
        self.entries = entries
        let turnCount = Int(TermTrail.heightCount)
        var copied: [(turn: Int, place: UInt32)] = []
        var counts = [Int](repeating: 0, count: turnCount)
        var rest = patients[...]
        for place in 0..<runs.count {
            let slot = runs.slot(place)
            while let first = rest.first, first < slot { rest.removeFirst() }
            guard rest.first == slot, let range = runs.range(place),
                (1...TermTrail.runCountMax).contains(range.count),
                range.allSatisfy({ runs.position($0) < entries.count })
            else { continue }
            let turn = Int(slot) % turnCount
            copied.append((turn, UInt32(place)))
            counts[turn] += 1
        }
        var starts = [0]
        for count in counts { starts.append((starts.last ?? 0) + count) }
        var places = [UInt32](repeating: 0, count: copied.count)
        var next = starts
        for (turn, place) in copied {
            places[next[turn]] = place
            next[turn] += 1
        }
        self.starts = starts
        self.places = places
    }

    /// Whether the run at a place, which is a slot's, is copied.
    func has(_ place: UInt32, _ slot: UInt32) -> Bool {
        let turn = Int(UInt64(slot) % TermTrail.heightCount)
        let own = starts[turn]..<starts[turn + 1]
        let index = own.partitioningIndex { places[$0] >= place }
        return index < own.upperBound && places[index] == place
    }
}
