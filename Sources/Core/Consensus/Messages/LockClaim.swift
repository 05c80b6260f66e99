public import Primitives

/// A signed word that a quorum prevoted a block in an earlier round: a *valid round*.
///
/// It convicts nobody by itself. Who signed it has seen that quorum and must be able to show it
/// for as long as the height is kept; so it can be asked for (``ProofOfLock``).
public enum LockClaim: Hashable, Sendable {
    case vote(Vote)
    /// A proposal, and whose turn it was; the block's bytes are of no matter.
    case proposal(InstitutionID, Proposal)

    /// Who claims it.
    public var claimer: InstitutionID {
        switch self {
        case .vote(let vote): vote.voter
        case .proposal(let proposer, _): proposer
        }
    }

    public var height: Height {
        switch self {
        case .vote(let vote): vote.height
        case .proposal(_, let proposal): proposal.height
        }
    }

    /// The round that it names, and the block; nil where it claims nothing.
    public var lock: (round: Round, block: BlockID)? {
        switch self {
        case .vote(let vote):
            guard vote.kind == .prevote, let round = vote.validRound, let block = vote.block
            else { return nil }
            return (round, block)
        case .proposal(_, let proposal):
            return proposal.validRound.map { ($0, proposal.blockID) }
        }
    }

    /// Whether both ask for the same proof from the same replica.
    public func asksTheSame(as other: LockClaim) -> Bool {
        claimer == other.claimer && height == other.height && lock?.round == other.lock?.round
            && lock?.block == other.lock?.block
    }
}

extension LockClaim: CustomStringConvertible {
    public var description: String {
        switch self {
        case .vote(let vote): "\(vote)"
        case .proposal(let proposer, let proposal): "\(proposal) by \(proposer)"
        }
    }
}

extension ValidatorSet {
    /// The claim, once its signature has been checked.
    ///
    /// - Throws: ``ConsensusError/noClaim``, or what checking a vote or proposal throws.
    public func verify(
        _ claim: Unverified<LockClaim>, with signing: SigningBytes, by check: any SignatureCheck
    ) throws(ConsensusError) -> Verified<LockClaim> {
        let claimed = claim.claimed
        guard claimed.lock != nil else { throw .noClaim }
        switch claimed {
        case .vote(let vote):
            _ = try verify(Unverified(vote), with: signing, by: check)
        case .proposal(let proposer, let proposal):
            let turn = self.proposer(height: proposal.height, round: proposal.round)
            guard turn.id == proposer else { throw .notAValidator(proposer) }
            _ = try verify(Unverified(proposal), with: signing, by: check)
        }
        return Verified(checked: claimed)
    }
}
