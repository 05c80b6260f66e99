public import Primitives

/// The authenticated map of everything that is not an entry.
///
/// Leaves lie in slots in the order in which their keys first appeared, and every leaf names the
/// next key in sorted order, so that one leaf proves what is there and what is not. A block is
/// executed before the vote, so changes are first *staged*, which leaves the map as it was, and
/// applied when the block is decided.
///
/// Source: `docs/formats/state.md`. ``StateMapModel`` says the same slowly.
public struct StateMap: Sendable {
    /// What is known of a slot besides its hash.
    struct Slot: Sendable {
        let key: Digest
        var next: Digest
        var value: [UInt8]
    }

    private(set) var slots: [Slot]
    private var slotOfKey: [Digest: Int]
    private var order = SortedSlots()
    /// `levels[0]` are the leaf hashes by slot, each further level half as many, the last the root.
    private var levels: [[Digest]]

    /// The map without keys.
    public init() {
        slots = [Slot(key: StateLeaf.sentinel, next: StateLeaf.sentinel, value: [])]
        slotOfKey = [StateLeaf.sentinel: 0]
        levels = [
            [StateLeaf.hash(key: StateLeaf.sentinel, next: StateLeaf.sentinel, value: [])]
        ]
    }

    /// How many slots there are, the sentinel's included.
    public var slotCount: UInt64 { UInt64(slots.count) }

    /// The state root.
    public var root: Digest {
        StateLeaf.root(slotCount: slotCount, treeRoot: levels[levels.count - 1][0])
    }

    /// The value under a key; nil where the key never appeared.
    public func value(_ key: Digest) -> [UInt8]? {
        guard key != StateLeaf.sentinel, let slot = slotOfKey[key] else { return nil }
        return slots[slot].value
    }

    /// What the map would be after these writes, without changing it.
    ///
    /// Where a key is written more than once the last value stands; new keys take slots in the
    /// order of their first write.
    public func stage(_ writes: [StateWrite]) -> StagedMap {
        var staging = Staging(slotCount: slots.count)
        for write in writes {
            staging.write(write, at: slotOfKey[write.key])
        }
        link(&staging)
        var dirty = staging.dirtySlots.map { slot in
            (index: slot, hash: leafHash(slot, in: staging))
        }
        var changed = [dirty]
        let slotCount = UInt64(staging.slotCount)
        for level in 0..<StateLeaf.depth(slotCount: slotCount) {
            dirty = parents(of: dirty, level: level)
            changed.append(dirty)
        }
        let treeRoot = dirty.first?.hash ?? levels[levels.count - 1][0]
        return StagedMap(
            baseSlotCount: self.slotCount, slotCount: slotCount,
            root: StateLeaf.root(slotCount: slotCount, treeRoot: treeRoot),
            staging: staging, changedHashes: changed)
    }

    /// Makes staged changes the map's own.
    ///
    /// They must have been staged on the map as it is now.
    public mutating func apply(_ staged: StagedMap) {
        precondition(
            staged.baseSlotCount == slotCount, "changes staged on another state of the map")
        for new in staged.staging.newSlots {
            slotOfKey[new.key] = slots.count
            order.insert(SortedSlots.Item(key: new.key, slot: slots.count))
            slots.append(Slot(key: new.key, next: StateLeaf.sentinel, value: new.value))
        }
        for (slot, value) in staged.staging.newValues { slots[slot].value = value }
        for (slot, next) in staged.staging.newNexts { slots[slot].next = next }
        while levels.count < staged.changedHashes.count { levels.append([]) }
        for (level, changes) in staged.changedHashes.enumerated() {
            for (index, hash) in changes {
                while levels[level].count <= index { levels[level].append(StateLeaf.absent) }
                levels[level][index] = hash
            }
        }
    }

    /// The proof of what stands under a key, or that nothing does.
    public func proof(of key: Digest) -> MapProof {
        let item = order.floor(key)
        let path = (0..<StateLeaf.depth(slotCount: slotCount)).map { level in
            hash(level: level, index: (item.slot >> level) ^ 1)
        }
        return MapProof(
            slotCount: slotCount, slot: UInt64(item.slot), key: item.key,
            next: slots[item.slot].next, value: slots[item.slot].value, path: path)
    }

    /// Links the new keys: each takes over the next of its predecessor and becomes its next.
    private func link(_ staging: inout Staging) {
        let sorted = staging.newSlots.indices.sorted {
            staging.newSlots[$0].key < staging.newSlots[$1].key
        }
        for (position, new) in sorted.enumerated() {
            let key = staging.newSlots[new].key
            let slot = slots.count + new
            let base = order.floor(key)
            let isAfterNew = position > 0 && staging.newSlots[sorted[position - 1]].key > base.key
            let predecessor = isAfterNew ? slots.count + sorted[position - 1] : base.slot
            let next = staging.newNexts[predecessor] ?? slots[base.slot].next
            staging.newNexts[slot] = next
            staging.newNexts[predecessor] = key
        }
    }

    private func leafHash(_ slot: Int, in staging: Staging) -> Digest {
        guard slot < slots.count else {
            let new = staging.newSlots[slot - slots.count]
            return StateLeaf.hash(
                key: new.key, next: staging.newNexts[slot] ?? StateLeaf.sentinel, value: new.value)
        }
        let old = slots[slot]
        return StateLeaf.hash(
            key: old.key, next: staging.newNexts[slot] ?? old.next,
            value: staging.newValues[slot] ?? old.value)
    }

    /// The changed nodes of the next level up, from those of one level, both by index.
    private func parents(
        of dirty: [(index: Int, hash: Digest)], level: Int
    ) -> [(index: Int, hash: Digest)] {
        var parents: [(index: Int, hash: Digest)] = []
        parents.reserveCapacity(dirty.count)
        var position = 0
        while position < dirty.count {
            let (index, hash) = dirty[position]
            position += 1
            let parent: Digest
            if !index.isMultiple(of: 2) {
                parent = StateLeaf.node(self.hash(level: level, index: index - 1), hash)
            } else if position < dirty.count, dirty[position].index == index + 1 {
                parent = StateLeaf.node(hash, dirty[position].hash)
                position += 1
            } else {
                parent = StateLeaf.node(hash, self.hash(level: level, index: index + 1))
            }
            parents.append((index / 2, parent))
        }
        return parents
    }

    private func hash(level: Int, index: Int) -> Digest {
        guard level < levels.count, index < levels[level].count else { return StateLeaf.absent }
        return levels[level][index]
    }
}
