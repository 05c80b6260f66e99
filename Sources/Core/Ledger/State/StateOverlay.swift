internal import Cryptography
internal import Primitives

/// A map in the making: changes of one block over a map that stays as it is.
struct StateOverlay {
    private let map: StateMap
    private(set) var items: [StateChanges.Item] = []
    private var peaks: [Digest] = []
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
        peaks.reserveCapacity(count)
    }

    /// The place of a key among the changes; a key that is new takes the next slot.
    ///
    /// A term's head is to be given a run (``appendRun(at:leaf:entryCount:height:)``).
    @inline(__always)
    mutating func touch(_ key: StateKey) -> Int {
        guard let slot = map.slot(of: key) else { return touchNew(key) }
        return places[slot]
            ?? addKnown(slot, isHead: key.isTerm, isPatient: key.isPatient)
    }

    /// The place of somebody's list among the changes, where its slot in the map is known; the
    /// sentinel's is that of whoever the map does not have.
    @inline(__always)
    mutating func touch(_ person: Person, inSlot slot: UInt32) -> Int {
        guard slot > 0 else { return touchNew(.term(person.term)) }
        return places[slot] ?? addKnown(slot, isHead: true, isPatient: person.isPatient)
    }

    private mutating func touchNew(_ key: StateKey) -> Int {
        let index = Int(newPlaceOf.number(of: key, orPut: UInt32(items.count)))
        if index == items.count { addNew(key) }
        return index
    }

    private mutating func addNew(_ key: StateKey) {
        let slot = UInt32(map.slotCount + newKeys.count)
        newKeys.append(key)
        add(slot, isHead: key.isTerm, isPatient: key.isPatient, isNew: true, HeadCounts())
        if !key.isTerm { others.append(.deleted) }
    }

    private mutating func addKnown(_ slot: UInt32, isHead: Bool, isPatient: Bool) -> Int {
        let index = items.count
        places.note(index, of: slot)
        add(
            slot, isHead: isHead, isPatient: isPatient, isNew: false,
            isHead ? map.heads.counts(Int(slot)) : HeadCounts())
        if !isHead { others.append(map.value(ofSlot: Int(slot))) }
        return index
    }

    private mutating func add(
        _ slot: UInt32, isHead: Bool, isPatient: Bool, isNew: Bool, _ counts: HeadCounts
    ) {
        items.append(
            StateChanges.Item(
                slot: slot, place: UInt32(others.count), isHead: isHead, isPatient: isPatient,
                isNew: isNew, counts: counts))
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

    /// Adds to a head the run of this block, of which there is one at most.
    ///
    /// The run's leaf is hashed with the peaks of the trees that it completes; those before stay
    /// where they are.
    mutating func appendRun(
        at index: Int, leaf: Digest, entryCount: Int, height: Height
    ) {
        let item = items[index]
        let before = item.isNew ? 0..<0 : map.heads.peakPlaces(Int(item.slot))
        var hash = leaf
        for place in before.suffix(item.counts.completedByNext).reversed() {
            hash = SHA256.node(map.heads[peak: place], hash)
        }
        items[index].place = UInt32(peaks.count)
        peaks.append(hash)
        items[index].counts = HeadCounts(
            runs: item.counts.runs + 1, total: item.counts.total + UInt64(entryCount),
            lastHeight: height)
    }

    /// All changes, with the hashes of the map after them; `order` is that of all items.
    func finish(_ order: [UInt64]) -> StateChanges {
        guard let tree = map.tree else { return changes(nil, root: .zero) }
        var rest = order[...]
        let treeChanges = tree.changes(
            newKeys: newKeys.map { $0.digest(in: map.ledger) },
            dirty: order.map { UInt32($0 >> 32) }
        ) { slot, leaf in
            if let next = rest.first, UInt32(next >> 32) == slot {
                rest.removeFirst()
                append(items[Int(next & 0xffff_ffff)], to: &leaf)
            } else {
                map.append(valueOf: Int(slot), to: &leaf)
            }
        }
        return changes(treeChanges, root: treeChanges.root)
    }

    /// Appends the bytes of an item's value: of a head, the peaks that stay and its last one.
    private func append(_ item: StateChanges.Item, to bytes: inout LeafBuffer) {
        guard item.isHead else { return others[Int(item.place)].append(to: &bytes) }
        item.counts.append(to: &bytes)
        let kept = item.counts.peakCount - 1
        if kept > 0 {
            for place in map.heads.peakPlaces(Int(item.slot)).prefix(kept) {
                bytes.append(map.heads[peak: place])
            }
        }
        bytes.append(peaks[Int(item.place)])
    }

    private func changes(_ tree: StateTree.Changes?, root: Digest) -> StateChanges {
        StateChanges(
            items: items, newKeys: newKeys, firstNewSlot: map.slotCount, peaks: peaks,
            others: others, tree: tree, root: root)
    }
}
