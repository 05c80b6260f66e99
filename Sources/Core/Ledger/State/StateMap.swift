internal import Cryptography
public import Primitives

/// The authenticated map that holds everything that is not an entry.
///
/// The tree is nil where the ledger runs without state root and index, for measurements only:
/// keys and values are kept all the same.
public struct StateMap: Sendable {
    public let ledger: LedgerID
    /// The keys, by slot.
    private(set) var keys: [StateKey] = []
    /// The values of the lists' keys, which are nearly all.
    private(set) var heads = HeadTable()
    /// The values of all other keys, by slot.
    private var others: [UInt32: StateValue] = [:]
    private var slotOf = SlotDirectory()
    private(set) var tree: StateTree?

    /// A key and its value, as a map is made of them.
    struct Record: Sendable {
        let key: StateKey
        var value: StateValue
    }

    /// The map of these keys and values, by slot; the sentinel in slot 0 is put before them.
    init(ledger: LedgerID, records: [Record], isHashed: Bool) {
        self.ledger = ledger
        keys.reserveCapacity(records.count + 1)
        add(.sentinel)
        put(.bytes([]), inSlot: 0)
        for (index, record) in records.enumerated() {
            add(record.key)
            put(record.value, inSlot: index + 1)
        }
        if isHashed { hash() }
    }

    /// The map of these keys, by slot, the sentinel's first, with the values of lists in `heads`,
    /// and all others by slot.
    init(
        ledger: LedgerID, keys: [StateKey], heads: HeadTable, others: [UInt32: StateValue],
        isHashed: Bool
    ) {
        self.ledger = ledger
        self.keys = keys
        self.heads = heads
        self.others = others
        for (slot, key) in keys.enumerated() {
            _ = slotOf.number(of: key, orPut: UInt32(slot))
        }
        if isHashed { hash() }
    }

    private mutating func hash() {
        tree = StateTree(keys: keys.map { $0.digest(in: ledger) }) { slot, leaf in
            append(valueOf: Int(slot), to: &leaf)
        }
    }

    /// The state root; 32 zero bytes where none is kept.
    public var root: Digest { tree?.root ?? .zero }

    /// How many slots there are, the sentinel's included.
    public var slotCount: Int { keys.count }

    @inline(__always)
    func slot(of key: StateKey) -> UInt32? { slotOf[key] }

    /// The slots of people's lists; the sentinel's where the map has none of somebody.
    ///
    /// All at once, because each waits for memory and none for the one before it.
    func slots(of people: [Person]) -> [UInt32] { people.map { slotOf[$0] ?? 0 } }

    /// Whether a slot is that of a patient's list.
    public func isPatient(slot: UInt32) -> Bool {
        slot < keys.count && keys[Int(slot)].isPatient
    }

    /// The value under a key, or nil where the key never had one or was deleted.
    public func value(of key: StateKey) -> StateValue? {
        guard let slot = slotOf[key] else { return nil }
        let value = value(ofSlot: Int(slot))
        return value == .deleted ? nil : value
    }

    /// The value that stands in a slot.
    func value(ofSlot slot: Int) -> StateValue {
        heads.head(slot).map(StateValue.head) ?? others[UInt32(slot)] ?? .deleted
    }

    /// Appends the bytes of the value that stands in a slot.
    func append(valueOf slot: Int, to bytes: inout some ByteSink & ~Copyable) {
        if heads.hasHead(slot) {
            heads.append(slot, to: &bytes)
        } else {
            value(ofSlot: slot).append(to: &bytes)
        }
    }

    /// The head of a term's list, or nil where no entry concerns the term.
    public func head(of term: Term) -> TermHead? {
        guard case .head(let head) = value(of: .term(term)) else { return nil }
        return head
    }

    /// The proof of a key's value, or nil where the key is not there or no tree is kept.
    public func proof(of key: StateKey) -> MapProof? {
        slotOf[key].flatMap { proof(ofSlot: $0) }
    }

    /// The proof that a key is absent: that of the key before it.
    ///
    /// - Returns: nil where the key is there, or no tree is kept.
    public func absence(of key: StateKey) -> MapProof? {
        guard slotOf[key] == nil, let tree else { return nil }
        return proof(ofSlot: tree.predecessor(of: key.digest(in: ledger)))
    }

    private func proof(ofSlot slot: UInt32) -> MapProof? {
        guard let tree else { return nil }
        return MapProof(
            slotCount: UInt64(keys.count), slot: UInt64(slot), key: tree.keys[Int(slot)],
            nextKey: tree.keys[Int(tree.next[Int(slot)])],
            value: value(ofSlot: Int(slot)).encoded, path: tree.path(from: slot))
    }

    mutating func apply(_ changes: StateChanges) {
        for key in changes.newKeys { add(key) }
        for item in changes.items where !item.isHead {
            put(changes.others[Int(item.place)], inSlot: Int(item.slot))
        }
        // By slot, as they lie in memory.
        for (place, index) in changes.heads.enumerated() {
            let item = changes.items[Int(index)]
            heads.grow(Int(item.slot), to: item.counts, peak: changes.peaks[place])
        }
        if let treeChanges = changes.tree { tree?.apply(treeChanges) }
    }

    /// Gives a key the next slot, without a value.
    private mutating func add(_ key: StateKey) {
        _ = slotOf.number(of: key, orPut: UInt32(keys.count))
        keys.append(key)
        heads.addSlot()
    }

    private mutating func put(_ value: StateValue, inSlot slot: Int) {
        if case .head(let head) = value {
            heads.set(slot, head.counts, peaks: head.runs.peaks, from: 0)
        } else {
            others[UInt32(slot)] = value
        }
    }
}
