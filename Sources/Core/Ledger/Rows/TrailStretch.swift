public import Primitives

/// What the last blocks have of patients, from which the trail rows of the next are made.
///
/// The block with which a turn ends writes the rows of the slots whose turn it is (``TrailPace``),
/// with what the blocks since their last turn have of them. What it writes depends on these blocks
/// alone. A run is kept until its slot's turn has ended, so of a lap's on average half.
public struct TrailStretch: Sendable {
    private let pace: TrailPace
    /// By turn, then by height: what is not written yet, or is with the last block.
    private var parts = [[TrailLayout.Part]](repeating: [], count: Int(TrailPace.turnCount))
    /// By turn, the height with which the last one ended that was written before the last block.
    private var ends = [Height?](repeating: nil, count: Int(TrailPace.turnCount))
    /// The height from which on no block is missing, and the turns that had ended before it.
    private var first: (height: Height, turnsEnded: UInt64)?
    /// The turns that ended with the last block.
    private var ended: Range<UInt64> = 0..<0

    /// The last height that was added; nil where there is none.
    public private(set) var last: Height?

    public init(_ pace: TrailPace = .standard) {
        self.pace = pace
    }

    /// Adds a block; one that does not follow the last begins anew.
    ///
    /// - Parameters:
    ///   - height: the block's.
    ///   - leaves: the leaf indexes of its entries.
    ///   - runs: its runs row; nil where it has none.
    ///   - entries: its entries.
    ///   - patients: the slots of patients that have a run in it, ascending.
    /// - Throws: ``LedgerError`` where the bytes are no runs row.
    public mutating func add(
        _ height: Height, leaves: Range<UInt64>, runs: [UInt8]?, entries: BlockEntries,
        patients: [UInt32]
    ) throws(LedgerError) {
        let table = try runs.map { bytes throws(LedgerError) in
            try RunsTable(bytes, height: height)
        }
        let before = pace.turnsEnded(
            at: Height(max(height.blocks, 1) - 1), treeSize: leaves.lowerBound)
        if let last, last.next == height {
            for number in ended {
                parts[TrailPace.turn(number)] = []
                ends[TrailPace.turn(number)] = last
            }
        } else {
            self = TrailStretch(pace)
            first = (height, before)
        }
        last = height
        ended = before..<max(before, pace.turnsEnded(at: height, treeSize: leaves.upperBound))
        guard let table else { return }
        let layout = TrailLayout(
            runs: table, firstLeaf: leaves.lowerBound, entries: entries, patients: patients,
            byteCountMax: pace.byteCountMax(entryCount: entries.count))
        for (turn, part) in layout.parts() { parts[turn].append(part) }
    }

    /// Adds a block that was executed.
    ///
    /// - Parameters:
    ///   - block: the block.
    ///   - rows: those that it leaves on the disk.
    /// - Throws: ``LedgerError`` where the runs row among them is none.
    public mutating func add(
        _ block: ExecutedBlock, rows: [LedgerRow]
    ) throws(LedgerError) {
        let runs = rows.first { $0.kind == .runs }?.bytes
        try add(
            block.header.height, leaves: block.firstLeaf..<block.header.treeSize, runs: runs,
            entries: runs == nil ? .none : BlockEntries(block.batches),
            patients: runs == nil ? [] : block.patientSlots)
    }

    /// The turns that ended with the last block, whose rows it writes.
    ///
    /// Those are left out of whose slots not all blocks since their last turn are there, so that a
    /// row is whole or missing.
    public var endedTurns: [TrailTurn] {
        guard let first, let last else { return [] }
        let isWhole = first.height == Height(1)
        return ended.filter { isWhole || $0 >= first.turnsEnded + TrailPace.turnCount }
            .map { TrailTurn($0, endingAt: last) }
    }

    /// Writes the trail rows of one of ``endedTurns`` onto a sheet.
    public func fill(_ sheet: inout TrailSheet, _ turn: TrailTurn) {
        let own = TrailPace.turn(turn.number)
        TrailRows(parts[own].map { $0.piece(own) }).fill(&sheet)
    }

    /// The height with which the last turn of the same slots ended before one of ``endedTurns``;
    /// genesis where this is their first.
    public func end(before turn: TrailTurn) -> Height {
        ends[TrailPace.turn(turn.number)] ?? .genesis
    }

    /// The last turn of a slot that ended before the last block; nil where none is known.
    public func writtenTurn(ofSlot slot: UInt32) -> TrailTurn? {
        let own = TrailPace.turn(ofSlot: slot)
        guard let end = ends[own] else { return nil }
        let laps = (ended.lowerBound + TrailPace.turnCount - 1 - UInt64(own)) / TrailPace.turnCount
        guard laps > 0 else { return nil }
        return TrailTurn((laps - 1) * TrailPace.turnCount + UInt64(own), endingAt: end)
    }

    /// What the trail row of a slot will have of a block; nil where it was written before the last
    /// block, or the run is left out.
    public func item(ofSlot slot: UInt32, at height: Height) -> TermTrail.Item? {
        let own = parts[TrailPace.turn(ofSlot: slot)]
        let place = own.indices.partitioningIndex { own[$0].height >= height }
        guard place < own.count, own[place].height == height else { return nil }
        return own[place].item(ofSlot: slot)
    }
}
