public import Primitives
public import Records
internal import Storage

/// The committed entries, and what of them this institution may open.
///
/// It keeps entries in clear, as every node has them, and beside them which payloads are still
/// awaited. Facts are opened from their sealed payloads each time they are read, so that a key
/// that is forgotten takes its facts with it.
public final class EntryStore {
    public let institution: InstitutionID
    /// The last block that was taken in.
    public private(set) var mark: LedgerMark

    private let database: SupervisionDatabase
    private let payloads: PayloadStore

    init(
        database: SupervisionDatabase, payloads: PayloadStore, institution: InstitutionID
    ) throws(SupervisionError) {
        self.database = database
        self.payloads = payloads
        self.institution = institution
        mark =
            try storage { () throws(StorageError) in
                try database.get(LedgerMark.key)
            }.map(LedgerMark.init(row:)) ?? .genesis
    }

    /// Whether a block is the one that follows; false where it was taken in before.
    ///
    /// - Throws: ``SupervisionError/outOfOrder(height:expected:)`` where blocks are missing.
    func isNext(_ block: CommittedBlock) throws(SupervisionError) -> Bool {
        guard block.height > mark.height else { return false }
        guard block.height == mark.height.next, block.firstLeaf == mark.leafCount else {
            throw .outOfOrder(height: block.height, expected: mark.height.next)
        }
        return true
    }

    /// Puts the rows of a block and of its entries into `group`.
    func add(_ block: CommittedBlock, to group: inout WriteGroup) {
        for item in block.entries {
            let leaf = item.leafIndex.bigEndianBytes
            group.put(Table.entry.key(leaf), item.row)
            for term in item.entry.terms {
                group.put(Table.subject.key(term.bytes, leaf), [])
            }
        }
        let row = LedgerMark(block).row
        group.put(LedgerMark.key, row)
        if block.leafCount > 0 { group.put(LedgerMark.key(block.height), row) }
    }

    /// Says that the rows of the block are on the disk.
    func advance(to block: CommittedBlock) {
        mark = LedgerMark(block)
    }

    /// The mark of a block that had entries, or nil.
    func mark(at height: Height) throws(SupervisionError) -> LedgerMark? {
        try storage { () throws(StorageError) in
            try database.get(LedgerMark.key(height))
        }.map(LedgerMark.init(row:))
    }

    /// The entry with this leaf index, or nil where there is none yet.
    public func entry(at leaf: UInt64) throws(SupervisionError) -> CommittedEntry? {
        let row = try storage { () throws(StorageError) in
            try database.get(Table.entry.key(leaf.bigEndianBytes))
        }
        guard let row else { return nil }
        return try CommittedEntry(leafIndex: leaf, row: row)
    }

    /// What this node can say of the entry's payload.
    public func content(of item: CommittedEntry) throws(SupervisionError) -> EntryContent {
        guard item.entry.commitment != nil else { return .none }
        guard item.entry.recipients.contains(institution) else { return .sealed }
        return try payloads.content(of: item.entry)
    }

    /// The facts of an entry, with their places; none where they cannot be read.
    public func facts(of item: CommittedEntry) throws(SupervisionError) -> [AnchoredFact] {
        guard case .opened(let payload) = try content(of: item) else { return [] }
        return payload.facts.enumerated().map { ordinal, fact in
            AnchoredFact(fact: fact, position: item.position(ordinal: UInt32(ordinal)))
        }
    }

    /// Calls `body` with every entry from a leaf on, in ledger order, until it says no.
    public func scan(
        from leaf: UInt64 = 0, _ body: (CommittedEntry) throws(SupervisionError) -> Bool
    ) throws(SupervisionError) {
        try database.scan(
            .entry, from: leaf.bigEndianBytes, wrap: SupervisionError.storage
        ) { (key, row) throws(SupervisionError) in
            guard key.count == 8, let leaf = key.bigEndianNumber else {
                throw .damaged(table: "entry", key: key)
            }
            return try body(try CommittedEntry(leafIndex: leaf, row: row))
        }
    }

    /// Calls `body` with every entry that a term lists, in ledger order, until it says no.
    public func scan(
        _ term: EntryTerm, from leaf: UInt64 = 0,
        _ body: (CommittedEntry) throws(SupervisionError) -> Bool
    ) throws(SupervisionError) {
        let prefix = term.bytes
        try database.scan(
            .subject, prefix: prefix, from: prefix + leaf.bigEndianBytes,
            wrap: SupervisionError.storage
        ) { (key, _) throws(SupervisionError) in
            guard key.count == prefix.count + 8,
                let leaf = key.dropFirst(prefix.count).bigEndianNumber,
                let item = try entry(at: leaf)
            else { throw .damaged(table: "subject", key: key) }
            return try body(item)
        }
    }
}
