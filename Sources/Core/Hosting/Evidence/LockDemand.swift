internal import Consensus
internal import Primitives

/// A claim of a valid round whose proof is not here, and how long it has been waited for.
struct LockDemand: Sendable {
    let claim: LockClaim
    /// How often the claimer was asked.
    var count = 0

    /// The most that are open.
    static let openMax = 256
    /// After so many questions, one a status interval, the demand is kept as unanswered.
    static let patience = 40
}

/// Two blocks that quorums decided at one height, and the votes of it that were gathered.
struct Fork: Sendable {
    let height: Height
    var accounting: Accounting
}
