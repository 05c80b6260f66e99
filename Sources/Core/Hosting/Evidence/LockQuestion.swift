public import Consensus
public import Primitives

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
