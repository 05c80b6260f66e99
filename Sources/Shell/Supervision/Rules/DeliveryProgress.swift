internal import Primitives
internal import Records

/// How far the deliveries of each issuer have come, in memory.
///
/// Whoever has much to deliver, or delivers to a node that takes it in slowly, delivers in the
/// order of numbers: so what lies beyond the last number that came is on its way, and not missing.
struct DeliveryProgress {
    private struct Stream: Hashable {
        let issuer: InstitutionID
        let stream: StreamID
    }

    private struct Standing {
        /// The greatest number whose payload came.
        var through: UInt64 = 0
        /// The time of the newest block when the last delivery came.
        var heard: Timestamp
    }

    private var standings: [Stream: Standing] = [:]

    /// Takes note of a delivery that was answered at the time of the newest block.
    mutating func note(_ answer: DeliveryAnswer, at now: Timestamp) {
        let stream = Stream(issuer: answer.issuer, stream: answer.stream)
        var standing = standings[stream] ?? Standing(heard: now)
        standing.heard = now
        for item in answer.items where item.verdict != .later {
            standing.through = max(standing.through, item.number)
        }
        standings[stream] = standing
    }

    /// Whether the entry's payload is still to be delivered by somebody who was heard of within
    /// `milliseconds` of block time.
    func isOnItsWay(
        _ item: CommittedEntry, at now: Timestamp, within milliseconds: Int64
    ) -> Bool {
        let stream = Stream(issuer: item.entry.issuer, stream: item.entry.stream)
        guard let standing = standings[stream], standing.through < item.entry.number else {
            return false
        }
        return !now.isLater(than: standing.heard, by: milliseconds)
    }
}
