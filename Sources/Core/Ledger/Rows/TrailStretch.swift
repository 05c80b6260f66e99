public import Primitives

/// What the last blocks have of patients, from which the trail rows of the next are made.
///
/// Each block writes the rows of those slots whose turn it is (``TermTrail``), with what the last
/// blocks have of them. What it writes depends on these blocks alone. A run is kept until its
/// slot's turn has come, so of 64 blocks' on average half.
public struct TrailStretch: Sendable {
    static let turnCount = Int(TermTrail.heightCount)

    /// By turn, then by height: what is not written yet, or is with the last block.
    private var turns = [[TrailLayout.Part]](repeating: [], count: turnCount)
    /// The height from which on no block is missing.
    private var first: Height?

    /// The last height that was added; nil where there is none.
    public private(set) var last: Height?

    public init() {}

    static func turn(ofSlot slot: UInt32) -> Int { Int(slot % UInt32(turnCount)) }

    private static func turn(of height: Height) -> Int { Int(height.blocks % UInt64(turnCount)) }

    /// Adds a block; one that does not follow the last begins anew.
    ///
    /// - Parameters:
    ///   - height: the block's.
    ///   - firstLeaf: the leaf index of its first entry.
    ///   - runs: its runs row; nil where it has none.
    ///   - entries: its entries.
    ///   - patients: the slots of patients that have a run in it, ascending.
    /// - Throws: ``LedgerError`` where the bytes are no runs row.
    public mutating func add(
        _ height: Height, firstLeaf: UInt64, runs: [UInt8]?, entries: BlockEntries,
        patients: [UInt32]
    ) throws(LedgerError) {
        let table = try runs.map { bytes throws(LedgerError) in
            try RunsTable(bytes, height: height)
        }
        if let last, last.next == height {
            turns[TrailStretch.turn(of: last)] = []
        } else {
            turns = TrailStretch().turns
            first = height
        }
        last = height
        guard let table else { return }
        let layout = TrailLayout(
            runs: table, firstLeaf: firstLeaf, entries: entries, patients: patients)
        for (turn, part) in layout.parts() { turns[turn].append(part) }
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
            block.header.height, firstLeaf: block.firstLeaf, runs: runs,
            entries: runs == nil ? .none : BlockEntries(block.batches),
            patients: runs == nil ? [] : block.patientSlots)
    }

    /// Writes the trail rows that belong to the last block onto a sheet.
    ///
    /// There are none unless the blocks before are there too, so that a row is whole or missing.
    public func fill(_ sheet: inout TrailSheet) {
        guard let first, let last,
            first == Height(1) || last.blocks - first.blocks + 1 >= TermTrail.heightCount
        else { return TrailRows([]).fill(&sheet) }
        let turn = TrailStretch.turn(of: last)
        TrailRows(turns[turn].map { $0.piece(turn) }).fill(&sheet)
    }

    /// What the trail row of a slot will have of a block; nil where it was written before the last
    /// block, or the run is left out.
    public func item(ofSlot slot: UInt32, at height: Height) -> TermTrail.Item? {
        let turn = TrailStretch.turn(ofSlot: slot)
        return turns[turn].first { $0.height == height }?.item(ofSlot: slot)
    }
}
