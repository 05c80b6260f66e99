internal import Primitives

/// Finds what a block has of patients, and lays it out by turn.
///
/// When a block is added its entries were just read; a lap later each would have to be fetched
/// again from wherever it lay.
struct TrailLayout: Sendable {
    private let runs: RunsTable
    private let firstLeaf: UInt64
    private let entries: BlockEntries
    /// The runs that are copied, by turn, then by slot; and where each turn starts.
    private let copied: [Copied]
    private let starts: [Int]

    private struct Copied {
        var place: UInt32 = 0
        var slot: UInt32 = 0
        var weight: UInt32 = 0
        var byteCount: UInt32 = 0
        var entryCount: UInt32 = 0
        /// The position of its first entry.
        var position: UInt32 = 0
    }

    /// How many entries ahead of the one that is copied are asked for: they lie anywhere.
    private static let aheadCount = 6

    /// What a block has for a turn: bytes of its own, or all that they can be made of.
    enum Part: Sendable {
        case piece(TrailPiece)
        case layout(TrailLayout)

        var height: Height {
            switch self {
            case .piece(let piece): piece.height
            case .layout(let layout): layout.runs.height
            }
        }

        func piece(_ turn: Int) -> TrailPiece {
            switch self {
            case .piece(let piece): piece
            case .layout(let layout): layout.piece(of: layout.copied(turn))
            }
        }

        /// What it has of a slot of the turn; nil where it has nothing.
        func item(ofSlot slot: UInt32) -> TermTrail.Item? {
            switch self {
            case .piece(let piece): piece.item(ofSlot: slot)
            case .layout(let layout): layout.item(ofSlot: slot)
            }
        }
    }

    /// Finds them; `patients` are the slots of patients, ascending.
    ///
    /// Runs with which more than `byteCountMax` bytes would be copied of the block are left out;
    /// not those of the same patients in each block.
    init(
        runs: RunsTable, firstLeaf: UInt64, entries: BlockEntries, patients: [UInt32],
        byteCountMax: Int
    ) {
        self.runs = runs
        self.firstLeaf = firstLeaf
        self.entries = entries
        var bySlot: [Copied] = []
        bySlot.reserveCapacity(patients.count)
        var starts = [Int](repeating: 0, count: Int(TrailPace.turnCount) + 1)
        var next = 0
        for place in 0..<runs.count {
            let slot = runs.slot(place)
            while next < patients.count, patients[next] < slot { next += 1 }
            guard next < patients.count else { break }
            guard patients[next] == slot,
                let run = TrailLayout.copied(place, of: runs, firstLeaf: firstLeaf, entries)
            else { continue }
            bySlot.append(run)
        }
        bySlot = TrailLayout.fitting(bySlot, in: byteCountMax, at: runs.height)
        for run in bySlot { starts[TrailPace.turn(ofSlot: run.slot) + 1] += 1 }
        for turn in 1..<starts.count { starts[turn] += starts[turn - 1] }
        var copied = [Copied](repeating: Copied(), count: bySlot.count)
        var cursor = starts
        for run in bySlot {
            let turn = TrailPace.turn(ofSlot: run.slot)
            copied[cursor[turn]] = run
            cursor[turn] += 1
        }
        self.starts = starts
        self.copied = copied
    }

    /// Those of a block's runs that find room, taken from another one on at each height.
    private static func fitting(
        _ runs: [Copied], in byteCountMax: Int, at height: Height
    ) -> [Copied] {
        guard runs.reduce(0, { $0 + Int($1.byteCount) }) > byteCountMax else { return runs }
        let first = Int(truncatingIfNeeded: height.blocks &* 7_919 % UInt64(runs.count))
        var isLeftOut = [Bool](repeating: false, count: runs.count)
        var room = byteCountMax
        for place in Array(first..<runs.count) + Array(0..<first) {
            isLeftOut[place] = runs[place].byteCount > room
            if !isLeftOut[place] { room -= Int(runs[place].byteCount) }
        }
        return runs.indices.filter { !isLeftOut[$0] }.map { runs[$0] }
    }

    /// What the block has, by turn.
    ///
    /// An entry is copied for each patient that it names. Where that comes to more than half as
    /// much again as the block's entries, these are kept instead.
    func parts() -> [(turn: Int, part: Part)] {
        let byteCount = copied.reduce(0) { $0 + Int($1.byteCount) + MemoryLayout<Copied>.stride }
        let isLong = 2 * byteCount > 3 * entries.byteCount + 8_192
        return (0..<Int(TrailPace.turnCount)).compactMap { turn in
            guard starts[turn] < starts[turn + 1] else { return nil }
            return (turn, isLong ? .layout(self) : .piece(piece(of: copied(turn))))
        }
    }

    private func copied(_ turn: Int) -> ArraySlice<Copied> {
        copied[starts[turn]..<starts[turn + 1]]
    }

    /// One run alone: a reader waits for it, and so does whoever adds the next block.
    private func item(ofSlot slot: UInt32) -> TermTrail.Item? {
        let own = copied(TrailPace.turn(ofSlot: slot))
        let place = own.indices.partitioningIndex { own[$0].slot >= slot }
        return piece(of: own[place...].prefix(1)).item(ofSlot: slot)
    }

    private func piece(of own: ArraySlice<Copied>) -> TrailPiece {
        var end = 0
        let list = own.map { run in
            end += Int(run.byteCount)
            return TrailPiece.Run(slot: run.slot, weight: run.weight, end: end)
        }
        let bytes = [UInt8](cborByteCount: end) { room in
            for (index, run) in zip(own.indices, own) {
                let ahead = index + TrailLayout.aheadCount
                if ahead < own.endIndex { entries.prefetch(Int(own[ahead].position)) }
                write(run, to: &room)
            }
        }
        return TrailPiece(height: runs.height, runs: list, bytes: bytes)
    }

    /// A run that is copied: how many bytes it takes, and what it counts for; nil for others.
    private static func copied(
        _ place: Int, of runs: RunsTable, firstLeaf: UInt64, _ entries: BlockEntries
    ) -> Copied? {
        guard let run = runs.run(place) else { return nil }
        var byteCount =
            1 + CBORRoom.headByteCount(runs.height.blocks)
            + CBORRoom.headByteCount(run.previousHeight.blocks)
            + CBORRoom.headByteCount(run.totalBefore)
        var (entryCount, weight, first) = (0, 32, 0)
        let isShort = runs.forEachPosition(of: run) { position in
            guard entryCount < TermTrail.runCountMax, position < entries.count else {
                return false
            }
            let count = entries.byteCount(position)
            byteCount +=
                1 + CBORRoom.headByteCount(firstLeaf + UInt64(position))
                + CBORRoom.headByteCount(count) + count
            weight += count + 12
            if entryCount == 0 { first = position }
            entryCount += 1
            return true
        }
        guard isShort, entryCount > 0 else { return nil }
        byteCount += CBORRoom.headByteCount(entryCount)
        return Copied(
            place: UInt32(truncatingIfNeeded: place), slot: runs.slot(place),
            weight: UInt32(truncatingIfNeeded: weight),
            byteCount: UInt32(truncatingIfNeeded: byteCount),
            entryCount: UInt32(truncatingIfNeeded: entryCount),
            position: UInt32(truncatingIfNeeded: first))
    }

    private func write(_ copied: Copied, to room: inout CBORRoom) {
        guard let run = runs.run(Int(copied.place)) else { return }
        room.array(4)
        room.unsigned(runs.height.blocks)
        room.unsigned(run.previousHeight.blocks)
        room.unsigned(run.totalBefore)
        room.array(Int(copied.entryCount))
        _ = runs.forEachPosition(of: run) { position in
            room.array(2)
            room.unsigned(firstLeaf + UInt64(position))
            entries.write(position, to: &room)
            return true
        }
    }
}
