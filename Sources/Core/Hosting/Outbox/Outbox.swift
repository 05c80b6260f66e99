public import Primitives

/// The durable queue between an institution's systems and the ledger, for one stream.
///
/// An entry gets its number here and is acknowledged when its row is synced; from then on it is
/// signed in batches, again and again over the same numbers and bytes where a batch expires, until
/// the ledger has it. So nothing that was acknowledged is lost, numbered twice, or blocks care.
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

        public init() {}
    }

    public let limits: Limits
    /// The number that the next entry must be encoded with.
    public private(set) var nextNumber: UInt64
    /// How many entries wait to be anchored.
    public var waitingCount: Int { rows.count - anchoredCount }

    private var rows: [OutboxRow] = []
    /// How many rows at the front of `rows` are anchored and not yet dropped.
    private var anchoredCount = 0
    private var persistedThrough: UInt64
    /// Signed and not anchored: by first number, in order.
    private var inFlight: [InFlight] = []
    /// The number after the last one that was signed.
    private var signedBelow: UInt64
    private var height: Height
    private var timerIsRunning = false

    private struct InFlight: Sendable {
        let first: UInt64
        let endNumber: UInt64
        var expiry: Height
    }

    /// The outbox of a stream whose rows are `rows`, read back from the disk in order.
    ///
    /// - Throws: ``OutboxError/gapInRows(after:found:)`` and
    ///   ``OutboxError/behindLedger(lastRow:nextOnLedger:)``, upon which nobody may number entries
    ///   of this stream here.
    public init(
        restoring rows: [OutboxRow], nextOnLedger: UInt64, height: Height, limits: Limits = Limits()
    ) throws(OutboxError) {
        for (row, following) in zip(rows, rows.dropFirst()) where row.nextNumber != following.number
        {
            throw .gapInRows(after: row.number, found: following.number)
        }
        let waiting = rows.drop { $0.number < nextOnLedger }
        if let first = waiting.first, first.number != nextOnLedger {
            throw .gapInRows(after: nextOnLedger - 1, found: first.number)
        }
        // The newest row stays on the disk even when it is anchored, so a disk that is older than
        // the ledger, or empty, shows.
        if waiting.isEmpty, (rows.last?.nextNumber ?? 1) != nextOnLedger {
            throw .behindLedger(lastRow: rows.last?.number, nextOnLedger: nextOnLedger)
        }
        self.limits = limits
        self.rows = Array(waiting)
        self.height = height
        nextNumber = waiting.last?.nextNumber ?? nextOnLedger
        persistedThrough = waiting.last?.number ?? nextOnLedger - 1
        signedBelow = nextOnLedger
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
            return signReady(flushing: true)
        }
    }

    /// What must be done first after a restart: the rows that wait are signed again.
    public mutating func start() -> [OutboxEffect] {
        signReady(flushing: true)
    }

    private mutating func submit(_ row: OutboxRow) throws(OutboxError) -> [OutboxEffect] {
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
        return startTimer()
    }

    /// Signs what is persisted and unsigned: full batches at once, the rest when flushing.
    private mutating func signReady(flushing: Bool) -> [OutboxEffect] {
        var effects: [OutboxEffect] = []
        while inFlight.count < limits.batchesInFlightMax {
            let ready = rows[firstRow { $0.number >= signedBelow }...]
                .prefix { $0.number <= persistedThrough }
            guard let first = ready.first else { return effects }
            var byteCount = 0
            let batch = ready.prefix(limits.batchEntryCountMax).prefix { row in
                byteCount += row.entry.count
                return byteCount <= limits.batchByteCountMax
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

    private mutating func startTimer() -> [OutboxEffect] {
        guard !timerIsRunning else { return [] }
        timerIsRunning = true
        return [.startTimer]
    }

    /// The index of the first row for which the condition holds; once it holds, it holds for all.
    private func firstRow(where condition: (OutboxRow) -> Bool) -> Int {
        var low = anchoredCount
        var high = rows.count
        while low < high {
            let middle = (low + high) / 2
            if condition(rows[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
