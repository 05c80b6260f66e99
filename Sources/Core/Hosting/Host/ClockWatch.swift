public import Primitives

/// How far this node's clock is from those of the others, as far as their proposals tell.
///
/// A block bears its proposer's clock. What the own clock shows when the proposal comes, less that
/// time, is the difference of the two clocks and the way here, which is short beside any difference
/// that matters. One proposer with a wrong clock moves its own value only: the middle one of all
/// tells of the own clock.
public struct ClockWatch: Sendable {
    /// One peer's clock: how much the own is ahead of it.
    public struct Offset: Hashable, Sendable {
        public let peer: InstitutionID
        public let milliseconds: Int64

        public init(peer: InstitutionID, milliseconds: Int64) {
            self.peer = peer
            self.milliseconds = milliseconds
        }
    }

    /// How many proposals of a peer are remembered.
    static let sampleCount = 9

    /// How many proposals each of two peers must have made before an alarm.
    static let alarmCount = 3

    /// By peer, increasing; the newest sample last.
    private var samples: [(peer: InstitutionID, milliseconds: [Int64])] = []
    private var isAlarmed = false

    public init() {}

    /// Of each peer that has proposed, the middle one of its last values.
    public var offsets: [Offset] {
        samples.map {
            Offset(peer: $0.peer, milliseconds: ClockWatch.middle($0.milliseconds) ?? 0)
        }
    }

    /// How much the own clock is ahead of the others' (less than 0: behind); nil before any has
    /// proposed.
    public var own: Int64? { ClockWatch.middle(offsets.map(\.milliseconds)) }

    /// Takes note of a proposal of a peer that came straight from it.
    ///
    /// - Returns: a sentence for the operator where the own clock has come to be off by more than
    ///   `limit` milliseconds, or is right again.
    mutating func note(
        _ peer: InstitutionID, ahead milliseconds: Int64, limit: UInt64
    ) -> String? {
        if let index = samples.firstIndex(where: { $0.peer == peer }) {
            samples[index].milliseconds.append(milliseconds)
            if samples[index].milliseconds.count > ClockWatch.sampleCount {
                samples[index].milliseconds.removeFirst()
            }
        } else {
            samples.append((peer, [milliseconds]))
            samples.sort { $0.peer < $1.peer }
        }
        guard let own else { return nil }
        // With one peer it cannot be told whose clock is wrong, and a proposal may be late.
        let heard = samples.count { $0.milliseconds.count >= ClockWatch.alarmCount }
        if !isAlarmed, heard > 1, own.magnitude > limit {
            isAlarmed = true
            return "this node's clock is \(own.magnitude) ms \(own > 0 ? "ahead of" : "behind") "
                + "the others'; more than \(limit) ms, and its blocks are not voted for: set it"
        }
        if isAlarmed, own.magnitude <= limit / 2 {
            isAlarmed = false
            return "this node's clock is right again: \(own) ms from the others'"
        }
        return nil
    }

    /// Forgets the clocks of those who vote no more.
    mutating func keep(where isKept: (InstitutionID) -> Bool) {
        samples.removeAll { !isKept($0.peer) }
    }

    /// The middle value; of an even number the smaller of the two, by magnitude.
    private static func middle(_ values: [Int64]) -> Int64? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let upper = sorted[sorted.count / 2]
        guard sorted.count.isMultiple(of: 2) else { return upper }
        let lower = sorted[sorted.count / 2 - 1]
        return lower.magnitude <= upper.magnitude ? lower : upper
    }
}
