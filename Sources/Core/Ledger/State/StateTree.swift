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
    init(keys: [Digest], write: (UInt32, inout ValueBuffer) -> Void) {
        self.keys = keys
        order = KeyOrder(of: keys)
        next = [UInt32](repeating: 0, count: keys.count)
        let sorted = order.slots
        for (slot, following) in zip(sorted, sorted.dropFirst()) { next[Int(slot)] = following }
        levels = []
        root = .zero
        var leaves = LeafHasher(reservingCapacity: keys.count)
        for slot in keys.indices {
            leaves.add { leaf in
                leaf.append(keys[slot])
                leaf.append(keys[Int(next[slot])])
                write(UInt32(slot), &leaf)
            }
        }
        var level = leaves.finish()
        levels.append(level)
        while level.count > 1 {
            if level.count % 2 == 1 { level.append(.zero) }
            var span = level.mutableSpan
            SHA256.replaceByNodes(&span)
            level = Array(level.prefix(level.count / 2))
            levels.append(level)
        }
        root = StateTree.root(slotCount: keys.count, tree: level[0])
    }

    /// What the tree becomes when `newKeys` take the next slots and the `dirty` slots new values.
    ///
    /// `dirty` holds the new slots too, ascending. `write` appends the value bytes of a slot as
    /// they will be.
    func changes(
        newKeys: [Digest], dirty: [UInt32], write: (UInt32, inout ValueBuffer) -> Void
    ) -> Changes {
        var changes = Changes(root: root)
        changes.newKeys = newKeys
        link(newKeys, into: &changes)
        let indices = StateTree.merged(dirty, changes.links)
        guard !indices.isEmpty else { return changes }

        let following = followingKeys(indices, changes)
        var leaves = LeafHasher(reservingCapacity: indices.count)
        for (place, slot) in indices.enumerated() {
            leaves.add { leaf in
                leaf.append(key(slot, newKeys))
                leaf.append(following[place])
                write(slot, &leaf)
            }
        }
        changes.levels.append((indices, leaves.finish()))
        climb(from: keys.count + newKeys.count, into: &changes)
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
            var hashes = levels[level].mutableSpan
            for place in change.indices.indices {
                hashes[Int(change.indices[place])] = change.hashes[place]
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

    /// The keys that follow those of the slots, which are ascending.
    ///
    /// They lie anywhere in memory: fetched with nothing between, many are waited for at once.
    private func followingKeys(_ slots: [UInt32], _ changes: Changes) -> [Digest] {
        var links = changes.links[...]
        let following = slots.map { slot in
            guard let link = links.first, link.slot == slot else { return next[Int(slot)] }
            links.removeFirst()
            return link.next
        }
        return following.map { key($0, changes.newKeys) }
    }

    /// Hashes the parents of what has changed, level by level.
    private func climb(from slotCount: Int, into changes: inout Changes) {
        var width = slotCount
        var level = 0
        while width > 1 {
            let (indices, hashes) = changes.levels[level]
            let parents = StateTree.parents(of: indices)
            var children = stored(level, childrenOf: parents)
            // Which of two children has changed is as good as random: a branch for each would be
            // foretold wrongly every other time.
            var span = children.mutableSpan
            var place = 0
            for position in indices.indices {
                let index = indices[position]
                place += position > 0 && indices[position - 1] >> 1 != index >> 1 ? 2 : 0
                span[place + Int(index & 1)] = hashes[position]
            }
            SHA256.replaceByNodes(&span)
            children.removeLast(parents.count)
            changes.levels.append((parents, children))
            width = (width + 1) / 2
            level += 1
        }
        changes.root = StateTree.root(
            slotCount: slotCount, tree: changes.levels[level].hashes[0])
    }

    /// The parents of nodes that are ascending, each once.
    private static func parents(of indices: [UInt32]) -> [UInt32] {
        var parents = [UInt32](repeating: 0, count: indices.count)
        var span = parents.mutableSpan
        var count = 0
        var last = UInt32.max
        for index in indices {
            count += index >> 1 == last ? 0 : 1
            last = index >> 1
            span[count - 1] = last
        }
        parents.removeLast(indices.count - count)
        return parents
    }

    /// The hashes of the children of these nodes, two each, as they are before the block.
    private func stored(_ level: Int, childrenOf parents: [UInt32]) -> [Digest] {
        let hashes = level < levels.count ? levels[level] : []
        return [Digest](capacity: 2 * parents.count) { children in
            for parent in parents {
                let first = 2 * Int(parent)
                children.append(first < hashes.count ? hashes[first] : .zero)
                children.append(first + 1 < hashes.count ? hashes[first + 1] : .zero)
            }
        }
    }

    private func key(_ slot: UInt32, _ newKeys: [Digest]) -> Digest {
        Int(slot) < keys.count ? keys[Int(slot)] : newKeys[Int(slot) - keys.count]
    }

    private static func root(slotCount: Int, tree: Digest) -> Digest {
        MapProof.root(slotCount: UInt64(slotCount), tree: tree)
    }
}
