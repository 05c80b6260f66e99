internal import Primitives

/// What a block changes in the map.
struct StateChanges: Sendable {
    /// In the order of first touch: new slots increase.
    let items: [Item]
    /// The keys of new slots, of which the first is ``firstNewSlot``.
    let newKeys: [StateKey]
    let firstNewSlot: Int
    /// The peaks of all heads, and the values of all other items, where the items say.
    let peaks: [Digest]
    let others: [StateValue]
    let tree: StateTree.Changes?
    let root: Digest

    /// No change.
    static let none = StateChanges(
        items: [], newKeys: [], firstNewSlot: 0, peaks: [], others: [], tree: nil, root: .zero)

    /// A slot and what will stand in it.
    struct Item: Sendable {
        let slot: UInt32
        /// Where the peaks of a head begin, or where another value stands.
        var place: UInt32
        let isHead: Bool
        let isPatient: Bool
        let isNew: Bool
        /// All zero where it is no head.
        var counts: HeadCounts
    }

    /// Appends the bytes of an item's value.
    func append(_ item: Item, to bytes: inout some ByteSink & ~Copyable) {
        StateChanges.append(item, peaks, others, to: &bytes)
    }

    static func append(
        _ item: Item, _ peaks: [Digest], _ others: [StateValue],
        to bytes: inout some ByteSink & ~Copyable
    ) {
        guard item.isHead else { return others[Int(item.place)].append(to: &bytes) }
        item.counts.append(to: &bytes)
        let start = Int(item.place)
        for place in start..<start + item.counts.peakCount { bytes.append(peaks[place]) }
    }
}
