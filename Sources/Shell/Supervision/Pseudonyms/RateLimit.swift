public import Primitives

/// How many names an institution may ask for: a bucket that refills steadily, as a value.
///
/// Time is passed in; one that runs backwards refills nothing.
public struct RateLimit: Hashable, Sendable {
    /// How many names may be asked for at once, after a pause.
    public let burst: Int
    /// How many names a minute are allowed in the long run.
    public let perMinute: Int

    /// What is in the bucket, in sixty-thousandths of a name.
    private var level: Int
    private var last: Timestamp?

    private static let unit = 60_000

    public init(burst: Int, perMinute: Int) {
        self.burst = max(1, burst)
        self.perMinute = max(1, perMinute)
        level = self.burst * RateLimit.unit
    }

    /// Takes `count` names at `now`.
    ///
    /// - Returns: nil where that is allowed, or else after how many milliseconds it will be. A
    ///   count above the burst is never allowed, and is answered with the time of a full bucket.
    public mutating func take(_ count: Int, at now: Timestamp) -> Int? {
        refill(now)
        let wanted = min(max(0, count), burst) * RateLimit.unit
        guard level >= wanted, count <= burst else {
            let missing = max(wanted - level, 1)
            return (missing + perMinute - 1) / perMinute
        }
        level -= wanted
        return nil
    }

    private mutating func refill(_ now: Timestamp) {
        defer { last = max(last ?? now, now) }
        guard let last, now > last else { return }
        let full = burst * RateLimit.unit
        let (passed, overflow) = now.milliseconds.subtractingReportingOverflow(last.milliseconds)
        let (gain, tooMuch) = Int(passed).multipliedReportingOverflow(by: perMinute)
        level = overflow || tooMuch || gain >= full - level ? full : level + gain
    }
}
