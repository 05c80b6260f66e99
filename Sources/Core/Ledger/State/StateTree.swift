internal import Cryptography
internal import Primitives

/// The hashes of the map: keys by slot, who follows whom, and every level of the tree.
///
/// A block's changes are computed beside it (``changes(newKeys:dirty:write:)``) and put in later,
/// so that a block can be executed before the vote without copying the whole.
struct StateTree: Sendable {
    private(set) var keys: [Digest]
    /// The slot of the next key in sorted order; 0 after the greatest.
    private(set) var next: [UInt32]
    /// Leaf hashes first, the root last; level h has ⌈slots / 2^h⌉ hashes.
    private(set) var levels: [[Digest]]
    private(set) var root: Digest
    private var order: KeyOrder

    /// What a block changes.
    struct Changes: Sendable {
        var newKeys: [Digest] = []
        /// New slots by increasing key.
        var sortedNewSlots: [UInt32] = []
        var links: [(slot: UInt32, next: UInt32)] = []
        /// Changed hashes of each level, by increasing index.
        var levels: [(indices: [UInt32], hashes: [Digest])] = []
        var root: Digest
    }

    /// The tree over these keys, by slot, the sentinel's first; `write` gives a slot's value bytes.
    init(keys: [Digest], write: (UInt32, inout LeafBuffer) -> Void) {
        self.keys = keys
        order = KeyOrder(of: keys)
        next = [UInt32](repeating: 0, count: keys.count)
        let sorted = order.slots
        for (slot, following) in zip(sorted, sorted.dropFirst()) { next[Int(slot)] = following }
        levels = []
        root = .zero
        var buffer = LeafBuffer()
        var level: [Digest] = []
        level.reserveCapacity(keys.count)
        for slot in keys.indices {
            level.append(
                StateTree.leaf(
                    keys[slot], keys[Int(next[slot])], UInt32(slot), into: &buffer, write))
        }
        while true {
            levels.append(level)
            guard level.count > 1 else { break }
            level = stride(from: 0, to: level.count, by: 2).map { index in
                SHA256.node(level[index], index + 1 < level.count ? level[index + 1] : .zero)
            }
        }
        root = StateTree.root(slotCount: keys.count, tree: level[0])
    }

    /// What the tree becomes when `newKeys` take the next slots and the `dirty` slots new values.
    ///
    /// `dirty` holds the new slots too, ascending. `write` appends the value bytes of a slot as
    /// they will be.
    func changes(
        newKeys: [Digest], dirty: [UInt32], write: (UInt32, inout LeafBuffer) -> Void
    ) -> Changes {
        var changes = Changes(root: root)
        changes.newKeys = newKeys
        link(newKeys, into: &changes)
        let indices = StateTree.merged(dirty, changes.links)
        guard !indices.isEmpty else { return changes }

        var buffer = LeafBuffer()
        let count = keys.count + newKeys.count
        var hashes: [Digest] = []
        hashes.reserveCapacity(indices.count)
        var links = changes.links[...]
        for slot in indices {
            let following: UInt32
            if let link = links.first, link.slot == slot {
                following = link.next
                links = links.dropFirst()
            } else {
                following = next[Int(slot)]
            }
            hashes.append(
                StateTree.leaf(
                    key(slot, newKeys), key(following, newKeys), slot, into: &buffer, write))
        }
        changes.levels.append((indices, hashes))
        climb(from: count, into: &changes)
        return changes
    }

    /// Puts the changes of a block in.
    mutating func apply(_ changes: Changes) {
        keys.append(contentsOf: changes.newKeys)
        next.append(contentsOf: repeatElement(0, count: changes.newKeys.count))
        for (slot, following) in changes.links { next[Int(slot)] = following }
        order.insert(changes.sortedNewSlots, in: keys)
        var width = keys.count
        for (level, change) in changes.levels.enumerated() {
            if level == levels.count { levels.append([]) }
            let missing = width - levels[level].count
            if missing > 0 {
                levels[level].append(contentsOf: repeatElement(.zero, count: missing))
            }
            for (index, hash) in zip(change.indices, change.hashes) {
                levels[level][Int(index)] = hash
            }
            width = (width + 1) / 2
        }
        root = changes.root
    }

    /// The hashes beside the way from a slot's leaf to the root, lowest first.
    func path(from slot: UInt32) -> [Digest] {
        var index = Int(slot)
        return levels.dropLast().map { level in
            let sibling = index ^ 1
            index /= 2
            return sibling < level.count ? level[sibling] : .zero
        }
    }

    /// The slot of the greatest key below `key`.
    func predecessor(of key: Digest) -> UInt32 {
        order.predecessor(of: key, in: keys)
    }
}

extension StateTree {
    /// Finds the place of each new key and who follows whom from now on.
    private func link(_ newKeys: [Digest], into changes: inout Changes) {
        guard !newKeys.isEmpty else { return }
        let sorted = KeyOrder.sorted(newKeys)
        var links: [(slot: UInt32, next: UInt32)] = []
        var position = 0
        while position < sorted.count {
            var last = order.predecessor(of: newKeys[sorted[position]], in: keys)
            let after = next[Int(last)]
            // All new keys that fall between the same two old ones make a chain.
            repeat {
                let slot = UInt32(keys.count + sorted[position])
                links.append((last, slot))
                last = slot
                position += 1
            } while position < sorted.count
                && (after == 0 || newKeys[sorted[position]] < keys[Int(after)])
            links.append((last, after))
        }
        // A slot is linked once: each new one follows one, and is followed by one.
        changes.links = links.sorted { $0.slot < $1.slot }
        changes.sortedNewSlots = sorted.map { UInt32(keys.count + $0) }
    }

    /// All slots that are dirty or linked anew, ascending, each once.
    private static func merged(
        _ dirty: [UInt32], _ links: [(slot: UInt32, next: UInt32)]
    ) -> [UInt32] {
        var slots: [UInt32] = []
        slots.reserveCapacity(dirty.count + links.count)
        var rest = links[...]
        for slot in dirty {
            while let link = rest.first, link.slot <= slot {
                if link.slot < slot { slots.append(link.slot) }
                rest.removeFirst()
            }
            slots.append(slot)
        }
        slots.append(contentsOf: rest.map(\.slot))
        return slots
    }

    /// Hashes the parents of what has changed, level by level.
    private func climb(from slotCount: Int, into changes: inout Changes) {
        var width = slotCount
        var level = 0
        while width > 1 {
            let (indices, hashes) = changes.levels[level]
            var parents: [UInt32] = []
            var parentHashes: [Digest] = []
            parents.reserveCapacity(indices.count)
            parentHashes.reserveCapacity(indices.count)
            var position = 0
            while position < indices.count {
                let index = indices[position]
                var left = hashes[position]
                let right: Digest
                if index & 1 == 1 {
                    right = left
                    left = stored(level, Int(index) - 1)
                } else if position + 1 < indices.count, indices[position + 1] == index + 1 {
                    position += 1
                    right = hashes[position]
                } else {
                    right = stored(level, Int(index) + 1)
                }
                parents.append(index >> 1)
                parentHashes.append(SHA256.node(left, right))
                position += 1
            }
            changes.levels.append((parents, parentHashes))
            width = (width + 1) / 2
            level += 1
        }
        changes.root = StateTree.root(
            slotCount: slotCount, tree: changes.levels[level].hashes[0])
    }

    private func stored(_ level: Int, _ index: Int) -> Digest {
        level < levels.count && index < levels[level].count ? levels[level][index] : .zero
    }

    private func key(_ slot: UInt32, _ newKeys: [Digest]) -> Digest {
        Int(slot) < keys.count ? keys[Int(slot)] : newKeys[Int(slot) - keys.count]
    }

    private static func leaf(
        _ key: Digest, _ next: Digest, _ slot: UInt32, into buffer: inout LeafBuffer,
        _ write: (UInt32, inout LeafBuffer) -> Void
    ) -> Digest {
        buffer.append(key)
        buffer.append(next)
        write(slot, &buffer)
        return buffer.hash()
    }

    private static func root(slotCount: Int, tree: Digest) -> Digest {
        MapProof.root(slotCount: UInt64(slotCount), tree: tree)
    }
}
