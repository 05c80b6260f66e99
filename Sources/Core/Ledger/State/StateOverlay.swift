internal import Primitives

/// A map in the making: changes of one block over a map that stays as it is.
struct StateOverlay {
    private let map: StateMap
    private(set) var items: [StateChanges.Item] = []
    /// The slot of each item.
    private var slots: [UInt32] = []
    /// The items of keys that the map has.
    private var places: SlotPlaces
    /// The items of keys that are new, in the order of their slots, and by key.
    private var newPlaces: [Int] = []
    private var newPlaceOf = SlotDirectory<Int>()

    init(over map: StateMap) {
        self.map = map
        places = SlotPlaces(slotCount: map.slotCount)
    }

    mutating func reserve(_ count: Int) {
        items.reserveCapacity(count)
        slots.reserveCapacity(count)
    }

    /// The place of a key among the changes; a key that is new takes the next slot, with `initial`.
    mutating func touch(
        _ key: StateKey, initial: @autoclosure () -> StateValue = .deleted
    ) -> Int {
        let index = items.count
        guard let slot = map.slot(of: key) else {
            if let index = newPlaceOf[key] { return index }
            newPlaceOf[key] = index
            let slot = UInt32(map.slotCount + newPlaces.count)
            newPlaces.append(index)
            slots.append(slot)
            items.append(
                StateChanges.Item(slot: slot, key: key, value: initial(), isNew: true))
            return index
        }
        if let index = places[slot] { return index }
        places.note(index, of: slot)
        slots.append(slot)
        items.append(
            StateChanges.Item(
                slot: slot, key: key, value: map.records[Int(slot)].value, isNew: false))
        return index
    }

    mutating func set(_ key: StateKey, _ value: StateValue) {
        items[touch(key)].value = value
    }

    /// The value as the changes so far leave it.
    func value(of key: StateKey) -> StateValue? {
        let index = map.slot(of: key).map { places[$0] } ?? newPlaceOf[key]
        return index.map { items[$0].value } ?? map.value(of: key)
    }

    /// The item of a slot; nil where it was not touched.
    private func place(ofSlot slot: UInt32) -> Int? {
        Int(slot) < map.slotCount ? places[slot] : newPlaces[Int(slot) - map.slotCount]
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
        let newKeys = newPlaces.map { items[$0].key.digest(in: map.ledger) }
        let changes = tree.changes(newKeys: newKeys, dirty: slots) { slot, leaf in
            if let index = place(ofSlot: slot) {
                items[index].value.append(to: &leaf)
            } else {
                map.records[Int(slot)].value.append(to: &leaf)
            }
        }
        return StateChanges(items: items, tree: changes, root: changes.root)
    }
}
