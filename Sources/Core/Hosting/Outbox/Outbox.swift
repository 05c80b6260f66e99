public import Primitives
internal import Records

/// The durable queue between an institution's systems and the ledger, for one stream.
///
/// An entry gets its number here and is acknowledged when its row is synced; from then on it is
/// signed in batches, again and again over the same numbers and bytes where a batch expires, until
/// the ledger has it. So nothing that was acknowledged is lost, numbered twice, or blocks care.
///
/// It is closed while a number that it would give might have been given before (``OutboxClosure``),
/// and opens by itself.
///
/// A pure value: the host carries out the effects of each ``step(_:)`` in order before the next.
public struct Outbox: Sendable {
    /// How much an outbox takes and puts together.
    public struct Limits: Hashable, Sendable {
        /// Most entries that wait to be anchored.
        public var entryCountMax = 100_000
        /// Most entries in a batch.
        public var batchEntryCountMax = 256
        /// Most bytes of entries in a batch.
        public var batchByteCountMax = 512 * 1_024
        /// Most batches that are signed and not anchored.
        public var batchesInFlightMax = 32
        /// How many heights a batch is good for.
        public var expiryHeights: UInt64 = 100
        /// How long an entry waits for others to share its signature.
        public var flushMilliseconds: UInt64 = 5
        /// The longest that a batch which was refused waits before it is signed again.
        public var retryMillisecondsMax: UInt64 = 1_000

        public init() {}
    }

    public let limits: Limits
    /// The number that the next entry must be encoded with; without meaning while it is closed.
    public internal(set) var nextNumber: UInt64
    /// Why no entry is numbered here; nil where entries are.
    public internal(set) var closure: OutboxClosure?
    /// How many entries wait to be anchored.
    public var waitingCount: Int {
        closure == nil
            ? rows.count - anchoredCount
            : rows.count { $0.number >= nextOnLedger && !$0.isMark }
    }

    var rows: [OutboxRow]
    /// How many rows at the front of `rows` are anchored and not yet dropped.
    private var anchoredCount = 0
    var persistedThrough: UInt64
    /// Signed and not anchored: by first number, in order.
    private var inFlight: [InFlight] = []
    /// The number after the last one that was signed.
    var signedBelow: UInt64
    /// The stream's next number on the ledger.
    public internal(set) var nextOnLedger: UInt64
    var height: Height
    private var timerIsRunning = false
    /// How many times in a row the host has refused what stands first.
    private var refusalCount: UInt64 = 0

    private struct InFlight: Sendable {
        let first: UInt64
        let endNumber: UInt64
        var expiry: Height
    }

    /// The outbox of a stream whose rows are `rows`, read back from the disk in order.
    ///
    /// - Parameters:
    ///   - rows: all that are on the disk; those before the last mark are passed over.
    ///   - nextOnLedger: the stream's next number after the ledger's last block on this disk.
    ///   - height: the height of that block.
    ///   - limits: how much it takes and puts together.
    ///   - hasLostRows: whether this disk may be older than the one that numbered last.
    ///   - opensAt: the height that an earlier start was told by ``OutboxInput/expired(at:)``.
    /// - Throws: ``OutboxError/gapInRows(after:found:)``, upon which nobody may number entries of
    ///   this stream here.
    public init(
        restoring rows: [OutboxRow], nextOnLedger: UInt64, height: Height,
        limits: Limits = Limits(), hasLostRows: Bool = false, opensAt: Height? = nil
    ) throws(OutboxError) {
        let known = Array(rows[(rows.lastIndex(where: \.isMark) ?? 0)...])
        for (row, following) in zip(known, known.dropFirst())
        where row.nextNumber != following.number {
            throw .gapInRows(after: row.number, found: following.number)
        }
        self.limits = limits
        self.rows = known
        self.height = height
        self.nextOnLedger = nextOnLedger
        nextNumber = nextOnLedger
        persistedThrough = 0
        signedBelow = nextOnLedger
        if hasLostRows {
            closure = .lost(lastRow: known.last?.number, opensAt: opensAt)
        } else if let misfit {
            closure = misfit
        } else {
            goOnFromRows()
        }
    }

    /// The first number of the first batch that was signed and is not on the ledger yet.
    public var firstInFlight: UInt64? { inFlight.first?.first }

    /// What waits here, and for what, in words.
    public var standing: String {
        if let closure { return "\(closure); \(waitingCount) entries wait" }
        let batches = inFlight.map { "\($0.first)..<\($0.endNumber) until \($0.expiry)" }
        return "\(waitingCount) entries wait; the ledger is at \(nextOnLedger), signed "
            + (batches.isEmpty ? "none" : batches.joined(separator: ", "))
    }

    /// Takes in what happened and says what must be done.
    ///
    /// - Throws: ``OutboxError`` for an entry that is not taken; the outbox is as it was.
    public mutating func step(_ input: OutboxInput) throws(OutboxError) -> [OutboxEffect] {
        switch input {
        case .submitted(let number, let entry, let nextNumber):
            return try submit(OutboxRow(number: number, entry: entry, nextNumber: nextNumber))
        case .persisted(let number):
            return persisted(through: number)
        case .committed(let height, let nextNumber):
            return committed(height: height, nextOnLedger: nextNumber)
        case .refused(let first):
            return refused(first: first)
        case .timerFired:
            timerIsRunning = false
            return closure == nil ? signReady(flushing: true) : []
        case .expired(let height): return expired(at: height)
        }
    }

    /// What must be done first after a restart: the rows that wait are signed again.
    public mutating func start() -> [OutboxEffect] {
        switch closure {
        case nil: signReady(flushing: true)
        case .lost(_, opensAt: nil): [.findExpiry(heights: limits.expiryHeights)]
        default: reopen()
        }
    }

    private mutating func submit(_ row: OutboxRow) throws(OutboxError) -> [OutboxEffect] {
        if let closure { throw .closed(closure) }
        guard row.number == nextNumber else {
            throw .number(found: row.number, expected: nextNumber)
        }
        guard waitingCount < limits.entryCountMax else {
            throw .full(waiting: waitingCount, limit: limits.entryCountMax)
        }
        guard row.entry.count <= limits.batchByteCountMax else {
            throw .oversize(byteCount: row.entry.count, limit: limits.batchByteCountMax)
        }
        nextNumber = row.nextNumber
        rows.append(row)
        return [.persist(row)]
    }

    private mutating func persisted(through number: UInt64) -> [OutboxEffect] {
        guard closure == nil else { return markPersisted(through: number) }
        let from = firstRow { $0.number > persistedThrough }
        var effects: [OutboxEffect] = []
        for row in rows[from...].prefix(while: { $0.number <= number }) {
            persistedThrough = row.number
            effects.append(.acknowledge(number: row.number))
        }
        return effects + signReady(flushing: false)
    }

    private mutating func committed(height: Height, nextOnLedger: UInt64) -> [OutboxEffect] {
        self.height = height
        if nextOnLedger > self.nextOnLedger { refusalCount = 0 }
        self.nextOnLedger = nextOnLedger
        guard closure == nil else { return reopen() }
        guard nextOnLedger <= nextNumber else { return closeBehindLedger() }
        var effects: [OutboxEffect] = []
        let before = anchoredCount
        while anchoredCount < rows.count, rows[anchoredCount].number < nextOnLedger {
            anchoredCount += 1
        }
        inFlight.removeAll { $0.endNumber <= nextOnLedger }
        signedBelow = max(signedBelow, nextOnLedger)
        if anchoredCount > before {
            effects.append(.forget(below: rows[anchoredCount - 1].number))
        }
        // Dropped in bulk, so that the cost of moving what is left is spread over many entries.
        if anchoredCount > max(1_024, rows.count / 2) {
            rows.removeFirst(anchoredCount)
            anchoredCount = 0
        }
        // A batch that expired has left every mempool, and so has one of which the ledger has a
        // part, from a batch of an earlier life; all after it in the stream wait for it.
        let isDead = { (batch: InFlight) in
            batch.expiry < height || batch.first < nextOnLedger
        }
        if let dead = inFlight.firstIndex(where: isDead) {
            signedBelow = max(inFlight[dead].first, nextOnLedger)
            inFlight.removeSubrange(dead...)
        }
        return effects + signReady(flushing: !timerIsRunning)
    }

    private mutating func refused(first: UInt64) -> [OutboxEffect] {
        guard let index = inFlight.firstIndex(where: { $0.first == first }) else { return [] }
        signedBelow = first
        inFlight.removeSubrange(index...)
        refusalCount += 1
        return startTimer()
    }

    /// Begins with these rows, of which the ledger has none that is not at the front.
    mutating func restart(with rows: [OutboxRow], signedBelow number: UInt64) {
        self.rows = rows
        anchoredCount = 0
        inFlight = []
        signedBelow = number
        refusalCount = 0
    }

    /// Signs what is persisted and unsigned: full batches at once, the rest when flushing, and
    /// nothing while what was refused waits.
    mutating func signReady(flushing: Bool) -> [OutboxEffect] {
        if refusalCount > 0, timerIsRunning { return [] }
        var effects: [OutboxEffect] = []
        while inFlight.count < limits.batchesInFlightMax {
            let ready = rows[firstRow { $0.number >= signedBelow }...]
                .prefix { $0.number <= persistedThrough }
            guard let first = ready.first else { return effects }
            var byteCount = 0
            var counts: [EntryKind: Int] = [:]
            let batch = ready.prefix(limits.batchEntryCountMax).prefix { row in
                byteCount += row.entry.count
                guard byteCount <= limits.batchByteCountMax else { return false }
                // One entry too many of such a kind, and no node would ever take the batch.
                guard let kind = EntryKind(ofEntry: row.entry), let limit = kind.batchCountMax
                else { return true }
                counts[kind, default: 0] += 1
                return counts[kind, default: 0] <= limit
            }
            let isFull = batch.count == limits.batchEntryCountMax || batch.count < ready.count
            guard isFull || flushing, let last = batch.last else {
                return effects + startTimer()
            }
            let expiry = Height(height.blocks + limits.expiryHeights)
            signedBelow = last.nextNumber
            inFlight.append(
                InFlight(first: first.number, endNumber: last.nextNumber, expiry: expiry))
            effects.append(
                .sign(
                    BatchDraft(first: first.number, entries: batch.map(\.entry), expiry: expiry)))
        }
        return effects
    }

    /// Waits for others to share a signature; after refusals twice as long each time, since what is
    /// refused by its own node is mostly refused again.
    private mutating func startTimer() -> [OutboxEffect] {
        guard !timerIsRunning else { return [] }
        timerIsRunning = true
        let doublings = min(max(refusalCount, 1) - 1, 32)
        return [
            .startTimer(
                milliseconds: min(
                    limits.flushMilliseconds << doublings,
                    max(limits.retryMillisecondsMax, limits.flushMilliseconds)))
        ]
    }

    /// The index of the first row for which the condition holds; once it holds, it holds for all.
    private func firstRow(where condition: (OutboxRow) -> Bool) -> Int {
        (anchoredCount..<rows.count).partitioningIndex { condition(rows[$0]) }
    }
}
