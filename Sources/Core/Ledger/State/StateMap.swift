internal import Cryptography
public import Primitives

/// The authenticated map that holds everything that is not an entry.
///
/// The tree is nil where the ledger runs without state root and index, for measurements only:
/// keys and values are kept all the same.
public struct StateMap: Sendable {
    public let ledger: LedgerID
    /// Keys and values, by slot.
    private(set) var records: [Record]
    private var slotOf = SlotDirectory<UInt32>()
    private(set) var tree: StateTree?

    struct Record: Sendable {
        let key: StateKey
        var value: StateValue
    }

    /// The map of these keys and values, by slot; the sentinel in slot 0 is put before them.
    init(ledger: LedgerID, records: [Record], isHashed: Bool) {
        self.ledger = ledger
        let all = [Record(key: .sentinel, value: .bytes([]))] + records
        self.records = all
        for (slot, record) in all.enumerated() { slotOf[record.key] = UInt32(slot) }
        guard isHashed else { return }
        tree = StateTree(keys: all.map { $0.key.digest(in: ledger) }) { slot, leaf in
            all[Int(slot)].value.append(to: &leaf)
        }
    }

    /// The state root; 32 zero bytes where none is kept.
    public var root: Digest { tree?.root ?? .zero }

    /// How many slots there are, the sentinel's included.
    public var slotCount: Int { records.count }

    func slot(of key: StateKey) -> UInt32? { slotOf[key] }

    /// Whether a slot is that of a patient's list.
    public func isPatient(slot: UInt32) -> Bool {
        slot < records.count && records[Int(slot)].key.isPatient
    }

    /// The value under a key, or nil where the key never had one or was deleted.
    public func value(of key: StateKey) -> StateValue? {
        guard let slot = slotOf[key] else { return nil }
        let value = records[Int(slot)].value
        return value == .deleted ? nil : value
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
            slotCount: UInt64(records.count), slot: UInt64(slot), key: tree.keys[Int(slot)],
            nextKey: tree.keys[Int(tree.next[Int(slot)])],
            value: records[Int(slot)].value.encoded, path: tree.path(from: slot))
    }

    mutating func apply(_ changes: StateChanges) {
        for item in changes.items {
            if Int(item.slot) == records.count {
                slotOf[item.key] = item.slot
                records.append(Record(key: item.key, value: item.value))
            } else {
                records[Int(item.slot)].value = item.value
            }
        }
        if let treeChanges = changes.tree { tree?.apply(treeChanges) }
    }
}

/// What a block changes in the map.
struct StateChanges: Sendable {
    /// In the order of first touch: new slots increase.
    let items: [Item]
    let tree: StateTree.Changes?
    let root: Digest

    struct Item: Sendable {
        let slot: UInt32
        let key: StateKey
        var value: StateValue
        let isNew: Bool
    }
}
