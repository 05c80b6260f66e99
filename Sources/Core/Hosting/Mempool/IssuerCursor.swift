internal import Primitives

/// How far an issuer's batches have been taken into a block, its streams by turns.
struct IssuerCursor {
    var streams: [StreamCursor]
    private var turn = 0

    init(streams: [StreamCursor]) {
        self.streams = streams
    }

    /// The next batch of the stream whose turn it is, or of the next that has one.
    mutating func take(good height: Height, urgentOnly: Bool) -> BatchTicket? {
        for _ in streams.indices {
            let place = turn
            turn = (turn + 1) % streams.count
            if let batch = streams[place].take(good: height, urgentOnly: urgentOnly) {
                return batch
            }
        }
        return nil
    }
}

/// How far a stream's batches have been taken into a block.
struct StreamCursor {
    var next: UInt64
    var batches: ArraySlice<BatchTicket>

    /// The stream's next batch, unless its numbers have a gap here or it is no longer good.
    mutating func take(good height: Height, urgentOnly: Bool) -> BatchTicket? {
        guard let batch = batches.first, batch.first == next, batch.expiry >= height,
            batch.isUrgent || !urgentOnly
        else { return nil }
        batches.removeFirst()
        next = batch.end
        return batch
    }
}
