public import Primitives

/// A turn that has ended: which, and with which block.
public struct TrailTurn: Hashable, Sendable {
    /// From 0; those of a slot *s* are the ones that leave the same as *s* when divided by 64.
    public let number: UInt64
    /// The block's height.
    public let end: Height

    public init(_ number: UInt64, endingAt end: Height) {
        self.number = number
        self.end = end
    }

    /// The turn of the same slots before this one, which ended at a height; nil for their first.
    public func previous(endingAt end: Height) -> TrailTurn? {
        guard number >= TrailPace.turnCount, end > .genesis else { return nil }
        return TrailTurn(number - TrailPace.turnCount, endingAt: end)
    }
}
