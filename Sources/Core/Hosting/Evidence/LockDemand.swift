public import Consensus
public import Primitives

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

/// A proof of a valid round that is looked for on the own disk.
public struct LockQuestion: Hashable, Sendable {
    public let height: Height
    public let round: Round
    public let block: BlockID
    /// The peer that asks; nil where the question stands on the ledger.
    public let peer: InstitutionID?

    public init(height: Height, round: Round, block: BlockID, peer: InstitutionID?) {
        self.height = height
        self.round = round
        self.block = block
        self.peer = peer
    }
}

/// Two blocks that quorums decided at one height, and the votes of it that were gathered.
struct Fork: Sendable {
    let height: Height
    var accounting: Accounting
}
