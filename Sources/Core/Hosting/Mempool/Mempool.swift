public import Primitives

/// Verified batches that wait for a block.
///
/// Within a stream batches go by number, whatever the order in which they came; among streams by
/// turns, so that a busy institution does not hold up a quiet one. All orders come from arrays:
/// the answer depends on what was put in, and when, and on nothing else.
public struct Mempool: Sendable {
    /// How much may wait.
    public struct Limits: Hashable, Sendable {
        public var byteCountMax = 64 * 1_024 * 1_024
        /// Most batches of one stream, those out of order included.
        public var streamBatchCountMax = 64

        public init() {}
    }

    public let limits: Limits
    public private(set) var height: Height
    /// How many bytes of entries wait.
    public private(set) var byteCount = 0
    /// How many entries wait.
    public private(set) var entryCount = 0

    /// What waits of each stream, by first number.
    private var waiting: [StreamKey: [BatchTicket]] = [:]
    /// Streams of which something waits, in the order of their turns.
    private var turns: [StreamKey] = []
    private var streamOfDigest: [Digest: StreamKey] = [:]
    /// Streams with a batch whose last height this is.
    private var expiring: [Height: [StreamKey]] = [:]

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
    public func hasReady(nextOnLedger: (StreamKey) -> UInt64) -> Bool {
        turns.contains { stream in waiting[stream]?.first?.first == nextOnLedger(stream) }
    }

    /// Lets go of a batch that can stand in no block.
    public mutating func discard(_ digest: Digest) {
        guard let stream = streamOfDigest[digest] else { return }
        remove(from: stream) { $0.digest == digest }
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
        let siblings = waiting[batch.stream, default: []]
        let overlapping = siblings.filter { $0.first < batch.end && batch.first < $0.end }
        if let other = overlapping.first(where: { !$0.agrees(with: batch) }) {
            return .refused(.conflict(with: other.digest))
        }
        if overlapping.contains(where: { $0.expiry >= batch.expiry }) {
            return .covered(by: overlapping.map(\.digest))
        }
        guard siblings.count - overlapping.count < limits.streamBatchCountMax else {
            return .refused(.streamFull(limit: limits.streamBatchCountMax))
        }
        guard byteCount + batch.byteCount <= limits.byteCountMax else {
            return .refused(.full(byteCount: byteCount, limit: limits.byteCountMax))
        }
        let replaced = Set(overlapping.map(\.digest))
        remove(from: batch.stream) { replaced.contains($0.digest) }
        insert(batch)
        return .accepted(replaced: overlapping.map(\.digest))
    }

    /// The batches for the next block, by digest, in their order in the block.
    ///
    /// A block has at most `entryCountMax` entries and `byteCountMax` bytes of entries;
    /// `nextOnLedger` tells a stream's next number at the current height.
    public func reap(
        entryCountMax: Int, byteCountMax: Int, nextOnLedger: (StreamKey) -> UInt64
    ) -> [Digest] {
        var cursors = turns.map { stream in
            Cursor(next: nextOnLedger(stream), batches: waiting[stream, default: []][...])
        }
        var room = (entries: entryCountMax, bytes: byteCountMax)
        var reaped: [Digest] = []
        var isFull = false
        while !isFull {
            var tookAny = false
            for index in cursors.indices {
                guard let batch = cursors[index].take(good: height.next) else { continue }
                guard batch.entryCount <= room.entries, batch.byteCount <= room.bytes else {
                    isFull = true
                    break
                }
                room.entries -= batch.entryCount
                room.bytes -= batch.byteCount
                reaped.append(batch.digest)
                tookAny = true
            }
            if !tookAny { break }
        }
        return reaped
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
            left += remove(from: stream) { $0.first < next }
            moveToBack(stream)
        }
        for stream in expiring.removeValue(forKey: height) ?? [] {
            left += remove(from: stream) { $0.expiry <= height }
        }
        return left
    }

    private mutating func insert(_ batch: BatchTicket) {
        if waiting[batch.stream] == nil { turns.append(batch.stream) }
        let position =
            waiting[batch.stream]?.firstIndex { $0.first > batch.first }
            ?? waiting[batch.stream]?.count ?? 0
        waiting[batch.stream, default: []].insert(batch, at: position)
        streamOfDigest[batch.digest] = batch.stream
        expiring[batch.expiry, default: []].append(batch.stream)
        byteCount += batch.byteCount
        entryCount += batch.entryCount
    }

    @discardableResult
    private mutating func remove(
        from stream: StreamKey, where leaves: (BatchTicket) -> Bool
    ) -> [Digest] {
        guard let batches = waiting[stream] else { return [] }
        let gone = batches.filter(leaves)
        guard !gone.isEmpty else { return [] }
        for batch in gone {
            streamOfDigest[batch.digest] = nil
            byteCount -= batch.byteCount
            entryCount -= batch.entryCount
        }
        if gone.count == batches.count {
            waiting[stream] = nil
            turns.removeAll { $0 == stream }
        } else {
            waiting[stream]?.removeAll(where: leaves)
        }
        return gone.map(\.digest)
    }

    private mutating func moveToBack(_ stream: StreamKey) {
        guard let index = turns.firstIndex(of: stream) else { return }
        turns.append(turns.remove(at: index))
    }
}

/// How far a stream's batches have been taken into a block.
private struct Cursor {
    var next: UInt64
    var batches: ArraySlice<BatchTicket>

    /// The stream's next batch, unless its numbers have a gap here or it is no longer good.
    mutating func take(good height: Height) -> BatchTicket? {
        guard let batch = batches.first, batch.first == next, batch.expiry >= height else {
            return nil
        }
        batches.removeFirst()
        next = batch.end
        return batch
    }
}
