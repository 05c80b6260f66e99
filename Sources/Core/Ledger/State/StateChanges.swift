internal import Primitives

/// What a block changes in the map.
struct StateChanges: Sendable {
    /// In the order of first touch: new slots increase.
    let items: [Item]
    /// The keys of new slots, of which the first is ``firstNewSlot``.
    let newKeys: [StateKey]
    let firstNewSlot: Int
    /// The items that are heads, in the order of their slots, and the last peak of each.
    let heads: [UInt32]
    let peaks: [Digest]
    /// The values of all other items, where the items say.
    let others: [StateValue]
    let tree: StateTree.Changes?
    let root: Digest

    /// No change.
    static let none = StateChanges(
        items: [], newKeys: [], firstNewSlot: 0, heads: [], peaks: [], others: [], tree: nil,
        root: .zero)

    /// A slot and what will stand in it.
    struct Item: Sendable {
        let slot: UInt32
        /// Where the last peak of a head stands, or where another value does.
        var place: UInt32
        let isHead: Bool
        let isPatient: Bool
        let isNew: Bool
        /// All zero where it is no head.
        var counts: HeadCounts
    }
}
