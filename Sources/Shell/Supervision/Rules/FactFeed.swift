internal import Findings
internal import Primitives
internal import Records

/// Reads the committed entries for the rules, in ledger order and a block at a time.
///
/// An entry whose payload is still awaited holds back its block and what follows, so that no rule
/// takes a late payload for an absent one; but for so long only, and for a good while longer where
/// its issuer is still delivering what lies before. After that it counts as sealed, and where its
/// payload comes in the end, the rules begin anew.
struct FactFeed {
    /// What one block is to the rules.
    struct Block: Sendable {
        var mark: LedgerMark
        var facts: [AnchoredFact] = []
        var sealed: [SealedMark] = []
        /// Leaves that count as sealed because their payload is overdue.
        var overdue: [UInt64] = []
    }

    /// The next leaf to hand over.
    private(set) var nextLeaf: UInt64 = 0
    /// The block up to which everything was handed over.
    private(set) var asOf = LedgerMark.genesis
    /// Leaves that were handed over as sealed while their payload was awaited.
    private(set) var overdue: Set<UInt64> = []
    /// The leaf whose payload the next block waited for when it was read last.
    private var waitedFor: UInt64?
    /// The block before the first with such a leaf, were it filled since or not.
    private var gap: Height?
    /// How long an awaited payload holds back what follows, in milliseconds of block time.
    private let patienceMilliseconds: Int64
    /// Who is still delivering what.
    private var progress: DeliveryProgress
    /// By whose names facts are handed over: one for each person, whatever the pseudonyms.
    private let people: PersonBook

    /// How many times as long as others a payload is waited for that is on its way: an hour where
    /// others are waited for three minutes.
    private static let longestPatience: Int64 = 20

    init(
        patienceMilliseconds: Int64, people: PersonBook,
        progress: DeliveryProgress = DeliveryProgress()
    ) {
        self.patienceMilliseconds = patienceMilliseconds
        self.progress = progress
        self.people = people
    }

    /// The last block up to which everything was handed over that is sealed to this institution.
    var wholeThrough: Height { gap ?? asOf.height }

    /// Says that a leaf's payload has come; whether the rules must begin anew for it.
    mutating func arrived(_ leaf: UInt64) -> Bool { overdue.remove(leaf) != nil }

    /// Takes over how far deliveries have come.
    mutating func follow(_ progress: DeliveryProgress) { self.progress = progress }

    /// Calls `body` with each block that can be handed over, the newest mark last, until blocks
    /// with at least `count` entries were; says whether all were that can be.
    mutating func run(
        _ entries: EntryStore, atLeast count: UInt64,
        _ body: (Block) throws(SupervisionError) -> Void
    ) throws(SupervisionError) -> Bool {
        let first = nextLeaf
        while nextLeaf - first < count {
            guard let block = try next(entries) else { return true }
            try body(block)
        }
        return false
    }

    /// The next block that can be handed over; nil where there is none now.
    mutating func next(_ entries: EntryStore) throws(SupervisionError) -> Block? {
        let head = entries.mark
        if nextLeaf < head.leafCount {
            guard let block = try read(entries, head) else { return nil }
            overdue.formUnion(block.overdue)
            if !block.overdue.isEmpty, gap == nil { gap = asOf.height }
            nextLeaf = block.mark.leafCount
            asOf = block.mark
            return block
        }
        guard asOf != head else { return nil }
        asOf = head
        return Block(mark: head)
    }

    /// Goes on to the last block where no rules run: only who is who is taken in.
    mutating func pass(_ entries: EntryStore) throws(SupervisionError) {
        let people = people
        try entries.scan(from: nextLeaf) { (item) throws(SupervisionError) in
            people.see(item)
            return true
        }
        asOf = entries.mark
        nextLeaf = asOf.leafCount
    }

    /// The next block with entries, or nil where it must wait for a payload.
    private mutating func read(
        _ entries: EntryStore, _ head: LedgerMark
    ) throws(SupervisionError) -> Block? {
        // What is before that leaf was read once, and need not be until its payload has come.
        if let leaf = waitedFor, let item = try entries.entry(at: leaf), !isOverdue(item, head),
            case .awaited = try entries.content(of: item)
        {
            return nil
        }
        waitedFor = nil
        guard let first = try entries.entry(at: nextLeaf) else {
            throw .damaged(table: "entry", key: nextLeaf.bigEndianBytes)
        }
        let mark = first.height == head.height ? head : try entries.mark(at: first.height)
        guard let mark else {
            throw .damaged(table: "mark", key: LedgerMark.key(first.height))
        }
        var block = Block(mark: mark)
        var awaited: UInt64?
        try entries.scan(from: nextLeaf) { (item) throws(SupervisionError) in
            guard item.height == first.height else { return false }
            people.see(item)
            switch try entries.content(of: item) {
            case .none: break
            case .opened(let payload):
                for (ordinal, fact) in payload.facts.enumerated() {
                    block.facts.append(
                        AnchoredFact(
                            fact: people.joined(fact),
                            position: item.position(ordinal: UInt32(ordinal))))
                }
            case .sealed, .mismatched, .erased: block.sealed += sealed(item)
            case .awaited:
                guard isOverdue(item, head) else {
                    awaited = item.leafIndex
                    return false
                }
                block.sealed += sealed(item)
                block.overdue.append(item.leafIndex)
            }
            return true
        }
        waitedFor = awaited
        return awaited == nil ? block : nil
    }

    private func isOverdue(_ item: CommittedEntry, _ head: LedgerMark) -> Bool {
        let now = head.anchored
        guard now.isLater(than: item.anchored, by: patienceMilliseconds) else { return false }
        return !progress.isOnItsWay(item, at: now, within: patienceMilliseconds)
            || now.isLater(
                than: item.anchored, by: patienceMilliseconds * FactFeed.longestPatience)
    }

    /// One mark for each kind of fact that the entry may hide, and each patient and practitioner.
    ///
    /// None for an access that names no patient: it is a query of the ledger by an institution,
    /// and no window is about such.
    private func sealed(_ item: CommittedEntry) -> [SealedMark] {
        var patients: [OpaqueID?] = []
        var practitioners: [OpaqueID?] = []
        for subject in item.entry.subjects {
            switch subject {
            case .patient(let id): patients.append(people.reference(of: id))
            case .practitioner(let id): practitioners.append(id)
            default: break
            }
        }
        if item.entry.kind == .access, patients.isEmpty { return [] }
        var marks: [SealedMark] = []
        // Whoever stands on a roster is a subject of its entry: without one it hides no duty.
        for kind in item.entry.ownFacts where kind != .roster || !practitioners.isEmpty {
            for patient in patients.isEmpty ? [nil] : patients {
                for practitioner in practitioners.isEmpty ? [nil] : practitioners {
                    marks.append(
                        SealedMark(
                            kind: kind, patient: patient, practitioner: practitioner,
                            time: item.entry.eventTime, leafIndex: item.leafIndex,
                            issuer: item.entry.issuer))
                }
            }
        }
        return marks
    }
}
