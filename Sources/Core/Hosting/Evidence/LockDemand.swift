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

/// Proofs of valid rounds that are looked for on the own disk.
public struct LockQuestion: Hashable, Sendable {
    public let height: Height
    /// The valid round; nil where all that were claimed at the height are asked for.
    public let lock: SignedState.Polka?
    /// The peer that asks; nil where the question stands on the ledger.
    public let peer: InstitutionID?

    public init(height: Height, lock: SignedState.Polka?, peer: InstitutionID?) {
        self.height = height
        self.lock = lock
        self.peer = peer
    }

    /// Whether a proof is one that is looked for.
    public func isAnswered(by proof: ProofOfLock) -> Bool {
        guard proof.height == height else { return false }
        return lock.map { $0.round == proof.round && $0.block == proof.block } ?? true
    }
}

/// Two blocks that quorums decided at one height, and the votes of it that were gathered.
struct Fork: Sendable {
    let height: Height
    var accounting: Accounting
}
