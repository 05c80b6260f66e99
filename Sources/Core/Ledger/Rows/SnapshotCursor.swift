public import Primitives

/// Where the rolling snapshot of the state stands.
///
/// Each block writes the next slots of the map, and after the last slot begins anew. A restart
/// needs the rows since the last whole turn began, and no others. The more a block changes, the
/// more it writes, so that what a restart reads is bounded by a few times the state, however many
/// blocks that takes.
struct SnapshotCursor: Hashable, Sendable {
    var nextSlot = 0
    /// The first height of the turn that is going on.
    var turnStart = Height(1)
    /// The first height of the last whole turn.
    var lastTurnStart: Height?

    /// The fewest slots that a block writes.
    static let slotCountMin = 64

    /// The slots that the block at `height` writes.
    struct Chunk: Hashable, Sendable {
        let height: Height
        let slots: Range<Int>
        let turnStart: Height
        let lastTurnStart: Height?
    }

    mutating func advance(at height: Height, changeCount: Int, slotCount: Int) -> Chunk {
        let quota = max(SnapshotCursor.slotCountMin, changeCount / 4)
        let end = min(nextSlot + quota, slotCount)
        let slots = nextSlot..<max(nextSlot, end)
        if end == slotCount {
            lastTurnStart = turnStart
            turnStart = height.next
            nextSlot = 0
        } else {
            nextSlot = end
        }
        return Chunk(
            height: height, slots: slots, turnStart: turnStart, lastTurnStart: lastTurnStart)
    }
}

extension LedgerState {
    /// The lowest height whose changes and chunk rows a restart needs; lower ones may go.
    public var stateRowsNeededFrom: Height { snapshot.lastTurnStart ?? Height(1) }
}
