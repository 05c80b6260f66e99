internal import Primitives

/// A map in the making: changes of one block over a map that stays as it is.
struct StateOverlay {
    private let map: StateMap
    private(set) var items: [StateChanges.Item] = []
    private var indexOf: [StateKey: Int] = [:]
    private var slotCount: Int

    init(over map: StateMap) {
        self.map = map
        slotCount = map.slotCount
    }

    /// The place of a key among the changes; a key that is new takes the next slot, with `initial`.
    mutating func touch(
        _ key: StateKey, initial: @autoclosure () -> StateValue = .deleted
    ) -> Int {
        if let index = indexOf[key] { return index }
        let index = items.count
        indexOf[key] = index
        if let slot = map.slot(of: key) {
            items.append(
                StateChanges.Item(
                    slot: slot, key: key, value: map.records[Int(slot)].value, isNew: false))
        } else {
            items.append(
                StateChanges.Item(
                    slot: UInt32(slotCount), key: key, value: initial(), isNew: true))
            slotCount += 1
        }
        return index
    }

    mutating func set(_ key: StateKey, _ value: StateValue) {
        items[touch(key)].value = value
    }

    /// The value as the changes so far leave it.
    func value(of key: StateKey) -> StateValue? {
        indexOf[key].map { items[$0].value } ?? map.value(of: key)
    }

    /// Adds to a head the run of this block.
    mutating func appendRun(
        at index: Int, leaf: Digest, entryCount: Int, height: Height
    ) {
        guard case .head(var head) = items[index].value else { return }
        items[index].value = .deleted
        head.append(runLeaf: leaf, entryCount: entryCount, height: height)
        items[index].value = .head(head)
    }

    /// All changes, with the hashes of the map after them.
    func finish() -> StateChanges {
        guard let tree = map.tree else {
            return StateChanges(items: items, tree: nil, root: .zero)
        }
        let newKeys = items.filter(\.isNew).map { $0.key.digest(in: map.ledger) }
        var indexOfSlot: [UInt32: Int] = [:]
        indexOfSlot.reserveCapacity(items.count)
        for (index, item) in items.enumerated() { indexOfSlot[item.slot] = index }
        let changes = tree.changes(newKeys: newKeys, dirty: items.map(\.slot)) { slot, bytes in
            if let index = indexOfSlot[slot] {
                items[index].value.append(to: &bytes)
            } else {
                map.records[Int(slot)].value.append(to: &bytes)
            }
        }
        return StateChanges(items: items, tree: changes, root: changes.root)
    }
}
