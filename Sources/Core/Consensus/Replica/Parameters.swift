public import Primitives

/// The ledger's parameters that a replica lives by at one height, in milliseconds.
///
/// They are ledger state (`docs/formats/genesis.md`) and may change from one height to the next.
public struct ReplicaParameters: Equatable, Sendable {
    /// How long round 0 waits for a proposal.
    public let proposeTimeout: UInt64
    /// How long round 0 waits for the rest of the prevotes, and of the precommits.
    public let voteTimeout: UInt64
    /// What each further round adds to a timeout.
    public let timeoutGrowth: UInt64
    /// What no timeout exceeds: rounds grow linearly to a cap and never double, so that a network
    /// that was cut off for a day goes on within seconds.
    public let timeoutCap: UInt64
    /// How far two honest clocks may be apart.
    public let clockPrecision: UInt64
    /// How long a proposal may travel.
    public let messageDelay: UInt64

    public init(
        proposeTimeout: UInt64, voteTimeout: UInt64, timeoutGrowth: UInt64, timeoutCap: UInt64,
        clockPrecision: UInt64, messageDelay: UInt64
    ) {
        self.proposeTimeout = proposeTimeout
        self.voteTimeout = voteTimeout
        self.timeoutGrowth = timeoutGrowth
        self.timeoutCap = timeoutCap
        self.clockPrecision = clockPrecision
        self.messageDelay = messageDelay
    }

    /// How long a step of a round waits: base + growth × round, at most the cap, at least 1 ms.
    ///
    /// Source: arXiv:1807.04938, section III: timeoutX(r) = initTimeoutX + r · timeoutDelta.
    public func timeoutMilliseconds(_ step: Timer.Step, round: Round) -> UInt64 {
        let base = step == .propose ? proposeTimeout : voteTimeout
        return max(1, min(grown(base, by: timeoutGrowth, rounds: round), timeoutCap))
    }

    /// Whether a block with this time may be proposed for the first time to a replica whose clock
    /// said `receivedAt` when the proposal came.
    ///
    /// received − messageDelay × (round + 1) − precision ≤ time ≤ received + precision. The delay
    /// grows with the round, so that parameters chosen too small slow a ledger down but never stop
    /// it; the bound against times in the future stays.
    ///
    /// Source: proposer-based timestamps, predicate `timely`, of the Tendermint specification.
    public func isTimely(_ time: Timestamp, receivedAt: Timestamp, round: Round) -> Bool {
        let delay = grown(messageDelay, by: messageDelay, rounds: round)
        let (age, overflow) = receivedAt.milliseconds.subtractingReportingOverflow(
            time.milliseconds)
        guard !overflow else { return false }
        if age < 0 { return age.magnitude <= clockPrecision }
        let (slack, tooFar) = delay.addingReportingOverflow(clockPrecision)
        return tooFar || age.magnitude <= slack
    }

    private func grown(_ base: UInt64, by step: UInt64, rounds: Round) -> UInt64 {
        let (growth, overflow) = step.multipliedReportingOverflow(by: UInt64(rounds.number))
        let (sum, carried) = base.addingReportingOverflow(growth)
        return overflow || carried ? .max : sum
    }
}
