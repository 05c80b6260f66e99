internal import Primitives

/// A map in the making: changes of one block over a map that stays as it is.
struct StateOverlay {
    private let map: StateMap
    private(set) var items: [StateChanges.Item] = []
    private var others: [StateValue] = []
    /// The items of keys that the map has.
    private var places: SlotPlaces
    /// The keys that are new, in the order of their slots, and the items by key.
    private var newKeys: [StateKey] = []
    private var newPlaceOf = SlotDirectory()

    init(over map: StateMap) {
        self.map = map
        places = SlotPlaces(slotCount: map.slotCount)
    }

    mutating func reserve(_ count: Int) {
        items.reserveCapacity(count)
    }

    /// The place of a key among the changes; a key that is new takes the next slot.
    ///
    /// A term's head is to be given a run (``Postings``).
    mutating func touch(_ key: StateKey) -> Int {
        guard let slot = map.slot(of: key) else { return touchNew(key) }
        return places[slot]
            ?? addKnown(slot, isHead: key.isTerm, isPatient: key.isPatient)
    }

    /// The place of somebody's list among the changes, where its slot in the map is known; the
    /// sentinel's is that of whoever the map does not have.
    @inline(__always)
    mutating func touch(_ person: Person, inSlot slot: UInt32) -> Int {
        guard slot > 0 else { return touchNew(person) }
        return places[slot] ?? addKnown(slot, isHead: true, isPatient: person.isPatient)
    }

    private mutating func touchNew(_ person: Person) -> Int {
        let index = Int(newPlaceOf.number(of: person, orPut: UInt32(items.count)))
        if index == items.count { addNew(.term(person.term)) }
        return index
    }

    private mutating func touchNew(_ key: StateKey) -> Int {
        let index = Int(newPlaceOf.number(of: key, orPut: UInt32(items.count)))
        if index == items.count { addNew(key) }
        return index
    }

    private mutating func addNew(_ key: StateKey) {
        let slot = UInt32(map.slotCount + newKeys.count)
        newKeys.append(key)
        add(slot, isHead: key.isTerm, isPatient: key.isPatient, isNew: true)
        if !key.isTerm { others.append(.deleted) }
    }

    private mutating func addKnown(_ slot: UInt32, isHead: Bool, isPatient: Bool) -> Int {
        let index = items.count
        places.note(index, of: slot)
        add(slot, isHead: isHead, isPatient: isPatient, isNew: false)
        if !isHead { others.append(map.value(ofSlot: Int(slot))) }
        return index
    }

    private mutating func add(_ slot: UInt32, isHead: Bool, isPatient: Bool, isNew: Bool) {
        items.append(
            StateChanges.Item(
                slot: slot, place: UInt32(others.count), isHead: isHead, isPatient: isPatient,
                isNew: isNew, counts: HeadCounts()))
    }

    /// Sets the value of a key that is no term's.
    mutating func set(_ key: StateKey, _ value: StateValue) {
        others[Int(items[touch(key)].place)] = value
    }

    /// The value, as the changes so far leave it, of a key that is no term's.
    func value(of key: StateKey) -> StateValue? {
        let index = map.slot(of: key).map { places[$0] } ?? newPlaceOf[key].map { Int($0) }
        return index.map { others[Int(items[$0].place)] } ?? map.value(of: key)
    }

    /// The items by slot: slot and item, in one word.
    func order() -> [UInt64] {
        SlotOrder.sorted(
            items.indices.map { UInt64(items[$0].slot) << 32 | UInt64($0) },
            slotCount: map.slotCount + newKeys.count)
    }

    /// The heads among the items, which are given in their order, as they were before the block.
    func growingHeads(_ order: [UInt64]) -> GrowingHeads {
        var growing = GrowingHeads(reservingCapacity: order.count)
        for word in order {
            let index = UInt32(truncatingIfNeeded: word)
            let item = items[Int(index)]
            guard item.isHead else { continue }
            growing.add(index, slot: item.isNew ? nil : Int(item.slot), of: map.heads)
        }
        return growing
    }

    /// Notes what a head says after the block; `place` is that of its last peak.
    mutating func grow(_ item: Int, to counts: HeadCounts, place: Int) {
        items[item].counts = counts
        items[item].place = UInt32(place)
    }

    /// All changes, with the hashes of the map after them; `order` is that of all items.
    func finish(_ order: [UInt64], _ growing: GrowingHeads) -> StateChanges {
        guard let tree = map.tree else { return changes(growing, nil, root: .zero) }
        var rest = order[...]
        var head = 0
        let treeChanges = tree.changes(
            newKeys: newKeys.map { $0.digest(in: map.ledger) },
            dirty: order.map { UInt32($0 >> 32) }
        ) { slot, leaf in
            guard let next = rest.first, UInt32(next >> 32) == slot else {
                return map.append(valueOf: Int(slot), to: &leaf)
            }
            rest.removeFirst()
            let item = items[Int(next & 0xffff_ffff)]
            guard item.isHead else { return others[Int(item.place)].append(to: &leaf) }
            item.counts.append(to: &leaf)
            growing.appendPeaks(head, to: &leaf)
            head += 1
        }
        return changes(growing, treeChanges, root: treeChanges.root)
    }

    private func changes(
        _ growing: GrowingHeads, _ tree: StateTree.Changes?, root: Digest
    ) -> StateChanges {
        StateChanges(
            items: items, newKeys: newKeys, firstNewSlot: map.slotCount,
            heads: growing.heads.map(\.item), peaks: growing.peaks, others: others, tree: tree,
            root: root)
    }
}
