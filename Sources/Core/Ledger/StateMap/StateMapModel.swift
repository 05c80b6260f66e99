public import Primitives

/// The state map, slow and obviously right: every root is computed from all keys anew.
///
/// It is what faster ones are tested against.
public struct StateMapModel: Sendable {
    /// Keys and values in the order of their slots; slot 0 is the sentinel.
    private var slots: [(key: Digest, value: [UInt8])] = [(StateLeaf.sentinel, [])]

    /// The map without keys.
    public init() {}

    public var slotCount: UInt64 { UInt64(slots.count) }

    /// Gives a key a value; a key that is new takes the next slot.
    public mutating func set(_ key: Digest, to value: [UInt8]) {
        if let slot = slots.firstIndex(where: { $0.key == key }) {
            slots[slot].value = value
        } else {
            slots.append((key, value))
        }
    }

    /// The state root: sort the keys, link each to its next, hash the leaves, fold them in pairs.
    public var root: Digest {
        let sorted = slots.map(\.key).sorted()
        var level = slots.map { slot in
            StateLeaf.hash(
                key: slot.key, next: sorted.first { $0 > slot.key } ?? StateLeaf.sentinel,
                value: slot.value)
        }
        while level.count > 1 {
            if !level.count.isMultiple(of: 2) { level.append(StateLeaf.absent) }
            level = stride(from: 0, to: level.count, by: 2).map {
                StateLeaf.node(level[$0], level[$0 + 1])
            }
        }
        return StateLeaf.root(slotCount: slotCount, treeRoot: level[0])
    }
}
