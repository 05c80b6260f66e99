public import Primitives

/// Verified batches that wait for a block.
///
/// Within a stream batches go by number, whatever the order in which they came; among issuers and
/// their streams by turns, so that a busy institution does not hold up a quiet one. What governs
/// the ledger or convicts somebody goes first, one batch of an issuer. All orders come from arrays:
/// the answer depends on what was put in, and when, and on nothing else.
///
/// **Room.** No issuer may have more bytes waiting than are still free (``Share``): so one that
/// floods gets half of all, two a third each, and whoever comes next finds room. A part is kept for
/// urgent batches alone, and those of an issuer do not count against its others.
public struct Mempool: Sendable {
    /// How much may wait.
    public struct Limits: Hashable, Sendable {
        public var byteCountMax = 64 * 1_024 * 1_024
        /// What of it is kept for urgent batches, in bytes.
        public var reserveByteCount: Int { byteCountMax / 16 }
        /// The most bytes of bodies that are kept after they left, before their height is over.
        public var departedByteCountMax = 16 * 1_024 * 1_024
        /// Most batches of one stream that wait for others with lower numbers.
        public var streamEarlyCountMax = 64
        /// Most batches of one stream that a block could take as they stand.
        public var streamReadyCountMax = 4_096

        public init() {}
    }

    public let limits: Limits
    public private(set) var height: Height
    /// How many bytes of entries wait.
    public private(set) var byteCount = 0
    /// How many entries wait.
    public private(set) var entryCount = 0

    private var shares: [InstitutionID: Share] = [:]
    private var waiting: [StreamKey: StreamQueue] = [:]
    /// Streams of which something waits, in the order of their turns.
    private var turns: [StreamKey] = []
    private var streamOfDigest: [Digest: StreamKey] = [:]
    /// Streams with a batch whose last height this is, or was until it left.
    private var expiring: [Height: Set<StreamKey>] = [:]

    /// A mempool of a ledger that stands at `height`.
    public init(height: Height, limits: Limits = Limits()) {
        self.height = height
        self.limits = limits
    }

    public var isEmpty: Bool { turns.isEmpty }

    public func contains(_ digest: Digest) -> Bool {
        streamOfDigest[digest] != nil
    }

    /// Whether a block that is made now would have anything to order.
    public var hasReady: Bool {
        turns.contains { stream in waiting[stream].map { $0.readyCount > 0 } ?? false }
    }

    /// Lets go of a batch that can stand in no block.
    public mutating func discard(_ digest: Digest) {
        guard let stream = streamOfDigest[digest] else { return }
        letGo(waiting[stream]?.removeAll { $0.digest == digest }[...] ?? [], of: stream)
    }

    /// Takes a batch whose signature holds, or says why not.
    ///
    /// `nextOnLedger` is the stream's next number at the current height.
    public mutating func add(_ batch: BatchTicket, nextOnLedger: UInt64) -> Admission {
        if contains(batch.digest) { return .duplicate }
        guard batch.expiry > height else {
            return .refused(.expired(expiry: batch.expiry, height: height))
        }
        guard batch.end > nextOnLedger else {
            return .refused(.committed(nextOnLedger: nextOnLedger))
        }
        guard batch.first >= nextOnLedger else {
            return .refused(.straddles(nextOnLedger: nextOnLedger))
        }
        do throws(Objection) {
            let places = try placesFor(batch, nextOnLedger)
            return insert(batch, at: places, nextOnLedger)
        } catch {
            return error.answer
        }
    }

    /// The batches for the next block, by digest, in their order in the block.
    ///
    /// A block has at most `entryCountMax` entries and `byteCountMax` bytes of entries;
    /// `nextOnLedger` tells a stream's next number at the current height.
    public func reap(
        entryCountMax: Int, byteCountMax: Int, nextOnLedger: (StreamKey) -> UInt64
    ) -> [Digest] {
        var issuers = cursors(nextOnLedger)
        var room = (entries: entryCountMax, bytes: byteCountMax)
        var reaped: [Digest] = []
        /// Takes one batch of each issuer; says whether there was any, and room for all.
        func takeTurns(urgentOnly: Bool) -> Bool {
            var tookAny = false
            for index in issuers.indices {
                guard
                    let batch = issuers[index].take(good: height.next, urgentOnly: urgentOnly)
                else { continue }
                guard batch.entryCount <= room.entries, batch.byteCount <= room.bytes else {
                    return false
                }
                room.entries -= batch.entryCount
                room.bytes -= batch.byteCount
                reaped.append(batch.digest)
                tookAny = true
            }
            return tookAny || urgentOnly
        }
        guard takeTurns(urgentOnly: true) else { return reaped }
        while takeTurns(urgentOnly: false) {}
        return reaped
    }

    /// How far each issuer's streams have come, in the order of their turns.
    private func cursors(_ nextOnLedger: (StreamKey) -> UInt64) -> [IssuerCursor] {
        var issuers: [IssuerCursor] = []
        var places: [InstitutionID: Int] = [:]
        for stream in turns {
            let cursor = StreamCursor(
                next: nextOnLedger(stream), batches: waiting[stream]?.ready ?? [])
            if let place = places[stream.issuer] {
                issuers[place].streams.append(cursor)
            } else {
                places[stream.issuer] = issuers.count
                issuers.append(IssuerCursor(streams: [cursor]))
            }
        }
        return issuers
    }

    /// Takes note of a block: what it or its height settled no longer waits.
    ///
    /// - Parameters:
    ///   - height: the block's height.
    ///   - advanced: the streams that it moved on, each with its next number, in the block's order.
    /// - Returns: the digests of the batches that left, whose bodies the host still has.
    @discardableResult
    public mutating func committed(
        height: Height, advanced: [(stream: StreamKey, next: UInt64)]
    ) -> [Digest] {
        self.height = height
        var left: [Digest] = []
        for (stream, next) in advanced {
            // A batch that straddles the next number can never be ordered either.
            left += letGo(waiting[stream]?.removeAll(below: next) ?? [], of: stream)
            moveToBack(stream)
        }
        if let streams = expiring.removeValue(forKey: height) {
            for stream in turns where streams.contains(stream) {
                left += letGo(
                    waiting[stream]?.removeAll { $0.expiry <= height }[...] ?? [], of: stream)
            }
        }
        return left
    }

    /// Where a batch belongs in its stream, and which batches it takes the place of.
    private func placesFor(
        _ batch: BatchTicket, _ nextOnLedger: UInt64
    ) throws(Objection) -> Range<Int> {
        let queue = waiting[batch.stream] ?? StreamQueue()
        let places = queue.overlap(with: batch)
        let overlapping = queue[places]
        if let other = overlapping.first(where: { !$0.agrees(with: batch) }) {
            throw Objection(answer: .refused(.conflict(with: other.digest)))
        }
        if overlapping.contains(where: { $0.expiry >= batch.expiry }),
            !batch.holdsMore(than: overlapping)
        {
            throw Objection(answer: .covered(by: overlapping.map(\.digest)))
        }
        let isReady = batch.first == queue.ready.last?.end ?? nextOnLedger
        if places.isEmpty {
            let count = isReady ? queue.readyCount : queue.earlyCount
            let limit = isReady ? limits.streamReadyCountMax : limits.streamEarlyCountMax
            guard count < limit else {
                throw Objection(answer: .refused(.streamFull(limit: limit)))
            }
        }
        // What it takes the place of makes room for it.
        let freed = overlapping.reduce((all: 0, urgent: 0)) { freed, other in
            (
                freed.all + other.byteCount,
                freed.urgent + (other.isUrgent ? other.byteCount : 0)
            )
        }
        try checkRoom(for: batch, freed, isEarly: places.isEmpty && !isReady)
        return places
    }

    private func checkRoom(
        for batch: BatchTicket, _ freed: (all: Int, urgent: Int), isEarly: Bool
    ) throws(Objection) {
        let limit = limits.byteCountMax - (batch.isUrgent ? 0 : limits.reserveByteCount)
        let taken = byteCount - freed.all
        let free = limit - taken
        guard batch.byteCount <= free else {
            throw Objection(answer: .refused(.full(byteCount: taken, limit: limit)))
        }
        let share = shares[batch.stream.issuer] ?? Share()
        let own =
            batch.isUrgent
            ? share.urgent - freed.urgent : share.plain - (freed.all - freed.urgent)
        // What waits for others leaves room for those that it waits for.
        let most = isEarly ? free / 2 : free
        guard own + batch.byteCount <= most else {
            throw Objection(answer: .refused(.shareFull(byteCount: own, limit: most)))
        }
    }

    private mutating func insert(
        _ batch: BatchTicket, at places: Range<Int>, _ nextOnLedger: UInt64
    ) -> Admission {
        if waiting[batch.stream] == nil { turns.append(batch.stream) }
        let replaced = Array(waiting[batch.stream]?[places] ?? [])
        waiting[batch.stream, default: StreamQueue()].replace(
            places, with: batch, next: nextOnLedger)
        let left = letGo(replaced[...], of: batch.stream)
        streamOfDigest[batch.digest] = batch.stream
        expiring[batch.expiry, default: []].insert(batch.stream)
        byteCount += batch.byteCount
        entryCount += batch.entryCount
        shares[batch.stream.issuer, default: Share()].add(batch.byteCount, batch.isUrgent)
        return .accepted(replaced: left)
    }

    /// Takes note that batches have left their stream's queue.
    @discardableResult
    private mutating func letGo(_ gone: ArraySlice<BatchTicket>, of stream: StreamKey) -> [Digest] {
        for batch in gone {
            streamOfDigest[batch.digest] = nil
            byteCount -= batch.byteCount
            entryCount -= batch.entryCount
            shares[stream.issuer]?.add(-batch.byteCount, batch.isUrgent)
        }
        if shares[stream.issuer]?.isEmpty == true { shares[stream.issuer] = nil }
        if waiting[stream]?.isEmpty == true {
            waiting[stream] = nil
            turns.removeAll { $0 == stream }
        }
        return gone.map(\.digest)
    }

    private mutating func moveToBack(_ stream: StreamKey) {
        guard let index = turns.firstIndex(of: stream) else { return }
        turns.append(turns.remove(at: index))
    }
}

/// Why a batch does not get a place.
private struct Objection: Error {
    let answer: Admission
}

/// How many bytes of an issuer's batches wait.
private struct Share: Sendable {
    private(set) var plain = 0
    private(set) var urgent = 0

    var isEmpty: Bool { plain == 0 && urgent == 0 }

    mutating func add(_ byteCount: Int, _ isUrgent: Bool) {
        if isUrgent { urgent += byteCount } else { plain += byteCount }
    }
}
