internal import Ledger
internal import Primitives

/// Finds the turn with which a slot's run at a height was written.
///
/// The turns of a slot are a chain: the directory of each names the height with which the one
/// before ended. It is followed back from the last that is written, once for all slots that share
/// it, and not far: a year of hardly any entries has twelve thousand laps. What lies far behind is
/// read from its block, which costs no more than to find its turn; where the list has a run close
/// to it as well, the turn is looked for by height, and the chain followed from there. A directory
/// that cannot be read is as one that is not there: the blocks have it all, and who reads those
/// tells what is damaged.
final class TrailFinder {
    private let store: BlockStore
    private var chains = [Chain?](repeating: nil, count: Int(TrailPace.turnCount))
    /// The directories that were read last, by the turn's number.
    private var directories = RecentValues<UInt64, TrailDirectory>(costMax: 16 << 20)

    private var missed = [Missed](repeating: Missed(), count: Int(TrailPace.turnCount))

    /// The run that lay far behind and was asked for last.
    private var far: (slot: UInt32, height: Height)?

    /// How many laps are followed at once, and count as far by the length of the last one.
    private static let lapCountMax = 16
    private static let missedMax = 4
    /// About what a directory takes beside its rows, in bytes.
    private static let directoryBytesBeside = 128

    /// Turns that were found by height and have no directory.
    ///
    /// After some of them nothing is looked for below the last any more: mostly, an older version
    /// wrote what is there.
    private struct Missed {
        var count = 0
        var last: TrailTurn?

        mutating func note(_ turn: TrailTurn) {
            if turn != last { count += 1 }
            last = turn
        }

        func hides(_ height: Height) -> Bool {
            count >= TrailFinder.missedMax && last.map { height <= $0.end } ?? false
        }
    }

    /// Turns of the same slots one after the other, as far back as was asked for.
    private struct Chain {
        let newest: TrailTurn
        /// With which heights they ended, the newest first.
        var ends: [Height]
        /// With which height the one before the oldest of them ended.
        var previousEnd: Height
        /// Whether there is nothing to read of that one.
        var isCut = false

        init(_ turn: TrailTurn, _ directory: TrailDirectory) {
            newest = turn
            ends = [turn.end]
            previousEnd = directory.previousEnd
        }

        /// Whether a height cannot be reached, or not at once: so many laps lie between.
        func isFar(_ height: Height) -> Bool {
            if isCut { return height <= previousEnd }
            let oldest = ends[ends.count - 1]
            let lap = oldest.blocks - min(previousEnd, oldest).blocks
            return height.blocks + UInt64(TrailFinder.lapCountMax) * lap < previousEnd.blocks
        }

        func turn(_ place: Int) -> TrailTurn {
            TrailTurn(
                newest.number - UInt64(place) * TrailPace.turnCount, endingAt: ends[place])
        }

        /// The one before the oldest of them; nil where there is none.
        var previous: TrailTurn? {
            isCut ? nil : turn(ends.count - 1).previous(endingAt: previousEnd)
        }
    }

    init(_ store: BlockStore) {
        self.store = store
    }

    /// Whether a slot's run at a height was written with a turn that is known to have ended.
    func isWritten(_ slot: UInt32, at height: Height) -> Bool {
        chains[Int(slot) % chains.count].map { height <= $0.newest.end } ?? false
    }

    /// The turn whose rows have a slot's run at a height; nil where it is not written, or the
    /// turn's directory is not here.
    func turn(ofSlot slot: UInt32, covering height: Height) -> TrailTurn? {
        let own = Int(slot) % chains.count
        if !isWritten(slot, at: height) { renew(own, ofSlot: slot) }
        if let chain = chains[own], chain.isFar(height) {
            guard begin(own, ofSlot: slot, near: height) else { return nil }
        }
        guard var chain = chains[own] else { return nil }
        // What is appended to has one owner, or all of it would be copied.
        chains[own] = nil
        defer { chains[own] = chain }
        let known = chain.ends.count
        while height <= chain.previousEnd, chain.ends.count - known < TrailFinder.lapCountMax,
            let turn = chain.previous
        {
            let directory = directory(of: turn)
            chain.isCut = directory == nil
            guard let directory else { break }
            chain.ends.append(turn.end)
            chain.previousEnd = directory.previousEnd
        }
        guard height <= chain.newest.end, height > chain.previousEnd else { return nil }
        return chain.turn(chain.ends.indices.partitioningIndex { chain.ends[$0] < height } - 1)
    }

    /// The turn of the same slots before one that has a directory.
    func turn(before turn: TrailTurn) -> TrailTurn? {
        directory(of: turn).flatMap { turn.previous(endingAt: $0.previousEnd) }
    }

    /// Which trail rows a turn has; nil where that is not here.
    func directory(of turn: TrailTurn) -> TrailDirectory? {
        if let known = directories[turn.number] { return known }
        guard let directory = try? store.trailDirectory(of: turn) else { return nil }
        directories.keep(
            directory, for: turn.number,
            cost: TrailFinder.directoryBytesBeside + directory.rowBytes.count)
        return directory
    }

    /// Has a chain begin with the last turn that is written, and go on with what is known where
    /// that is not far behind.
    private func renew(_ own: Int, ofSlot slot: UInt32) {
        let known = chains[own]
        guard let newest = store.writtenTurn(ofSlot: slot), newest != known?.newest,
            let directory = directory(of: newest)
        else { return }
        var chain = Chain(newest, directory)
        while let known, let turn = chain.previous, turn.number >= known.newest.number,
            turn.number - known.newest.number
                <= UInt64(TrailFinder.lapCountMax) * TrailPace.turnCount
        {
            if turn == known.newest {
                chain.ends += known.ends
                chain.previousEnd = known.previousEnd
                chain.isCut = known.isCut
                break
            }
            guard let directory = self.directory(of: turn) else { break }
            chain.ends.append(turn.end)
            chain.previousEnd = directory.previousEnd
        }
        chains[own] = chain
    }

    /// Has a chain begin with the turn of a run that lies far behind, where the run that was asked
    /// for before lies close to it.
    private func begin(
        _ own: Int, ofSlot slot: UInt32, near height: Height
    ) -> Bool {
        let last = far
        far = (slot, height)
        guard !missed[own].hides(height), let last, last.slot == slot, last.height != height,
            max(last.height, height).blocks - min(last.height, height).blocks
                <= store.trailPace.heightCountMax,
            let turn = try? store.turn(ofSlot: slot, covering: height)
        else { return false }
        guard let directory = directory(of: turn) else {
            missed[own].note(turn)
            return false
        }
        chains[own] = Chain(turn, directory)
        return true
    }
}
