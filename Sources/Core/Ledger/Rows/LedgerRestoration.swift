internal import Cryptography
public import Primitives
internal import Records

/// Puts the state together again from the rows that its blocks left.
///
/// Hand in the changes and chunk rows of all heights that are kept, from
/// ``LedgerState/stateRowsNeededFrom`` or lower on, in the order of height and kind; then ask for
/// the state that the last block's header commits to. Cost: O(rows), then one hash of every slot
/// and node.
public struct LedgerRestoration {
    private let genesis: Genesis
    private let genesisSlotCount: Int
    /// By slot; nil where no row has named the slot yet.
    private var keys: [StateKey?] = []
    /// The values of lists' keys, which are nearly all.
    private var heads = HeadTable()
    /// The values of all other keys, by slot.
    private var others: [UInt32: StateValue] = [:]
    private var height = Height.genesis
    private var hash = Digest.zero
    private var tree = MerkleFrontier()
    private var recent = RecentBatches()
    private var cursor = SnapshotCursor()

    /// The most slots that one entry can take: its subjects, five other terms, its own state.
    private static let slotsOfEntryMax: UInt64 = 24
    /// The most slots that rules can take: in force, on trial, and what became of them.
    private static let slotsOfRulesMax = 3 * UInt64(Genesis.ruleCountMax)

    public init(genesis: Genesis) {
        self.genesis = genesis
        let records = LedgerState.records(of: genesis)
        genesisSlotCount = records.count + 1
        add(.sentinel)
        others[0] = .bytes([])
        for record in records {
            others[UInt32(keys.count)] = record.value
            add(record.key)
        }
    }

    /// Takes the next row; kinds other than changes and chunk are passed over.
    ///
    /// - Throws: ``LedgerError`` where the row is damaged or out of order.
    public mutating func add(
        _ kind: LedgerRow.Kind, at height: Height, _ bytes: [UInt8]
    ) throws(LedgerError) {
        switch kind {
        case .changes: try addChanges(bytes, at: height)
        case .chunk: try addChunk(bytes, at: height)
        default: return
        }
    }

    /// Reads the batches of a height whose changes row is not handed in, for
    /// ``LedgerState/recall(_:from:)``.
    ///
    /// - Parameters:
    ///   - height: the height of both rows.
    ///   - block: the height's block row.
    ///   - tree: its tree row; nil where the block is empty.
    /// - Returns: the block's batches, in its order.
    /// - Throws: ``LedgerError`` where a row is damaged or they do not fit each other.
    public static func batches(
        at height: Height, block: [UInt8], tree: [UInt8]?
    ) throws(LedgerError) -> [CommittedBatch] {
        let digests = try Block.decode(block).batches
        var committed: [CommittedBatch] = []
        if let tree {
            let row = try TreeRow.decode(tree)
            guard row.batchCounts.count == digests.count else {
                throw .restore("the block and the tree row of height \(height) do not fit")
            }
            var leaf = row.firstLeaf
            for (digest, count) in zip(digests, row.batchCounts) {
                committed.append(
                    CommittedBatch(digest: digest, height: height, firstLeaf: leaf))
                leaf += UInt64(count)
            }
        } else if !digests.isEmpty {
            throw .restore("the tree row of height \(height) is missing")
        }
        return committed
    }

    /// The state after the last block whose rows were handed in, which has this header.
    ///
    /// - Throws: ``LedgerError/restore(_:)`` unless the rows make up exactly what the header
    ///   commits to.
    public consuming func finish(header: BlockHeader) throws(LedgerError) -> LedgerState {
        guard header.height == height, header.hash == hash else {
            throw .restore(
                "the rows end at height \(height), block \(hash); the header is of "
                    + "\(header.height), block \(header.hash)")
        }
        guard header.ledger == genesis.ledger else {
            throw .restore("the rows are of ledger \(header.ledger), not \(genesis.ledger)")
        }
        guard tree.size == header.treeSize, tree.root == header.treeRoot else {
            throw .restore("the ledger tree is not the one of block \(header.height)")
        }
        let keys = try checkedKeys()
        let registry = try RegistryParts.registry(
            from: others.keys.sorted().lazy.compactMap { slot in
                others[slot].map { StateMap.Record(key: keys[Int(slot)], value: $0) }
            }, since: genesis)
        let map = StateMap(
            ledger: genesis.ledger, keys: keys, heads: heads, others: others,
            isHashed: registry.governance.charter.parameters.isIndexKept)
        guard map.root == header.stateRoot else {
            throw .restore(
                "the state has root \(map.root); block \(header.height) commits to "
                    + "\(header.stateRoot)")
        }
        let head = LedgerState.Head(
            height: header.height, time: header.time, hash: hash, tree: tree)
        // How long a batch lives is for governance to say, not for the genesis alone.
        let window = registry.governance.charter.parameters.batchHeightsMax
        recent.forget(below: height.blocks - min(height.blocks, window))
        return LedgerState(
            ledger: genesis.ledger, head: head, map: map, registry: registry, recent: recent,
            snapshot: cursor)
    }

    private mutating func addChanges(
        _ bytes: [UInt8], at height: Height
    ) throws(LedgerError) {
        guard self.height == .genesis || height == self.height.next else {
            throw .restore("the rows of height \(self.height.next) are missing")
        }
        let row = try ChangesRow.decode(bytes, at: height)
        self.height = height
        hash = row.hash
        tree = row.tree
        for (slot, key) in row.newKeys {
            try grow(to: slot, at: height)
            try name(slot, key, at: height)
            others[UInt32(slot)] = nil
            if key.isTerm { heads.set(slot, HeadCounts(), peaks: [], from: 0) }
        }
        for (slot, value) in row.values {
            try grow(to: slot, at: height)
            // One whose key is not known yet comes with it, in a later chunk.
            if let key = keys[slot] { try put(value, under: key, inSlot: slot) }
        }
        for growth in row.growths { try add(growth, at: height) }
        recent.add(row.committed, at: height, keepingFrom: 0)
    }

    /// Puts a value, of which nothing but the root says whether it is the right one.
    private mutating func put(
        _ bytes: ArraySlice<UInt8>, under key: StateKey, inSlot slot: Int
    ) throws(LedgerError) {
        if key.isTerm {
            guard heads.set(slot, encoded: bytes) else {
                throw LedgerRestoration.noValue(key, bytes)
            }
            others[UInt32(slot)] = nil
        } else {
            guard let value = StateValue(Array(bytes), under: key) else {
                throw LedgerRestoration.noValue(key, bytes)
            }
            others[UInt32(slot)] = value
        }
    }

    private static func noValue(_ key: StateKey, _ bytes: ArraySlice<UInt8>) -> LedgerError {
        .restore("\(key) has a value that is none: \(bytes.hex)")
    }

    /// Adds a run to a head; one that is not known yet comes whole, with a later chunk.
    private mutating func add(_ growth: HeadGrowth, at height: Height) throws(LedgerError) {
        try grow(to: growth.slot, at: height)
        guard let key = keys[growth.slot] else { return }
        guard key.isTerm, heads.hasHead(growth.slot),
            let counts = growth.counts(after: heads.counts(growth.slot), at: height)
        else {
            throw .restore("height \(height) adds a run to slot \(growth.slot), which has no list")
        }
        heads.grow(growth.slot, to: counts, peak: growth.peak)
    }

    /// A slot has one key for good.
    private mutating func name(
        _ slot: Int, _ key: StateKey, at height: Height
    ) throws(LedgerError) {
        guard keys[slot] == nil || keys[slot] == key else {
            throw .restore("height \(height) has \(key) in slot \(slot), which has another key")
        }
        keys[slot] = key
    }

    private mutating func grow(to slot: Int, at height: Height) throws(LedgerError) {
        guard grow(to: slot) else {
            throw .restore("height \(height) changes slot \(slot), far from any other")
        }
    }

    private mutating func addChunk(_ bytes: [UInt8], at height: Height) throws(LedgerError) {
        let row = try ChunkRow.decode(bytes)
        guard height == self.height else {
            throw .restore("the chunk of height \(height) has no changes row before it")
        }
        for (offset, record) in row.records.enumerated() {
            let slot = row.firstSlot + offset
            guard slot > 0 || record.key == .sentinel, grow(to: slot) else {
                throw .restore("the chunk of height \(height) names slot \(slot)")
            }
            try name(slot, record.key, at: height)
            try put(record.value, under: record.key, inSlot: slot)
        }
        cursor = row.cursor
    }

    /// Makes room for a slot, unless it is one that so many entries cannot have come to.
    private mutating func grow(to slot: Int) -> Bool {
        let always = UInt64(genesisSlotCount) + LedgerRestoration.slotsOfRulesMax
        let slotCount = UInt64(max(slot, 0)) + 1
        guard slot >= 0,
            slotCount <= always
                || (slotCount - always - 1) / LedgerRestoration.slotsOfEntryMax < tree.size
        else { return false }
        while keys.count <= slot { add(nil) }
        return true
    }

    private mutating func add(_ key: StateKey?) {
        keys.append(key)
        heads.addSlot()
    }

    /// The keys by slot, where each is known and has a value.
    private func checkedKeys() throws(LedgerError) -> [StateKey] {
        var checked: [StateKey] = []
        checked.reserveCapacity(keys.count)
        for (slot, key) in keys.enumerated() {
            guard let key, key.isTerm ? heads.hasHead(slot) : others[UInt32(slot)] != nil else {
                throw .restore("slot \(slot) is in no row that was handed in")
            }
            checked.append(key)
        }
        return checked
    }
}
