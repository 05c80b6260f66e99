public import Primitives

/// How far apart the trail rows of one slot lie: by entries, and by heights where these have few.
///
/// A block weighs something, and so does each of its entries: by what all have come to, the ledger
/// is cut into *turns*, and each slot has every 64th of them. So a row has as much of a patient in
/// large blocks as in small ones. Which turn it is follows from the height and the size of the tree
/// alone.
public struct TrailPace: Hashable, Sendable {
    /// What a block weighs beside its entries, of which each weighs 1.
    private let blockWeight: UInt64
    /// How much comes together in a turn.
    private let turnWeight: UInt64

    /// How many turns a *lap* has, which is from one turn of a slot to its next.
    public static let turnCount: UInt64 = 64

    /// Turns of eight empty blocks, or of some four that have a thousand entries.
    public static let standard = TrailPace(blockWeight: 1_024, turnWeight: 8_192)

    /// How many bytes of entries are copied of what weighs 1, at most.
    private static let bytesPerWeight = 768

    /// - Precondition: a block weighs something, and an eighth of a turn at least, so that a lap
    ///   has some 512 blocks at most. No block weighs as much as a lap.
    public init(blockWeight: UInt64, turnWeight: UInt64) {
        precondition(turnWeight > 0 && turnWeight <= 8 * blockWeight)
        self.blockWeight = blockWeight
        self.turnWeight = turnWeight
    }

    /// How many turns have ended with a block, after which the tree has `treeSize` leaves.
    public func turnsEnded(at height: Height, treeSize: UInt64) -> UInt64 {
        (height.blocks &* blockWeight &+ treeSize) / turnWeight
    }

    /// More than how many blocks a lap has at most.
    public var heightCountMax: UInt64 {
        (TrailPace.turnCount * turnWeight + blockWeight - 1) / blockWeight + 2
    }

    /// How many bytes of a block with so many entries are copied at most.
    func byteCountMax(entryCount: Int) -> Int {
        TrailPace.bytesPerWeight * (Int(truncatingIfNeeded: blockWeight) + entryCount)
    }

    /// Which of a lap's turns is that of a slot.
    static func turn(ofSlot slot: UInt32) -> Int {
        Int(truncatingIfNeeded: UInt64(slot) % turnCount)
    }

    /// Which of a lap's turns is the one with this number.
    static func turn(_ number: UInt64) -> Int { Int(truncatingIfNeeded: number % turnCount) }
}
