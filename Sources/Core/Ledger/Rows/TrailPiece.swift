internal import Primitives

/// What a block has of those patients whose turn is the same: runs and entries, encoded as the
/// trail row will have them.
struct TrailPiece: Sendable {
    let height: Height
    /// By slot, ascending.
    let runs: [Run]
    let bytes: [UInt8]

    struct Run: Sendable {
        let slot: UInt32
        /// What it counts for in the length at which a row ends.
        let weight: UInt32
        /// Where its bytes end; they begin where those of the run before end.
        let end: Int
    }

    /// Where the bytes of the run at a place lie.
    func range(_ place: Int) -> Range<Int> {
        (place == 0 ? 0 : runs[place - 1].end)..<runs[place].end
    }

    /// The run of a slot; nil where there is none.
    func item(ofSlot slot: UInt32) -> TermTrail.Item? {
        let place = runs.indices.partitioningIndex { runs[$0].slot >= slot }
        guard place < runs.count, runs[place].slot == slot else { return nil }
        return TermTrail.Item(encoded: Array(bytes[range(place)]))
    }
}
