internal import Cryptography
public import Primitives

/// Two signed messages that no honest replica signs both of.
public enum Evidence: Hashable, Sendable {
    /// Two different votes of one kind in one round.
    case doubleVote(Vote, Vote)
    /// Two different proposals in one round; the blocks' bytes are of no matter.
    case doubleProposal(InstitutionID, Proposal, Proposal)
    /// A precommit for one block, and a prevote for another in a later round that claims no valid
    /// round at or after the precommit's: the lock of algorithm 1, line 29, was ignored.
    case brokenLock(precommit: Vote, prevote: Vote)

    /// Whom it convicts.
    public var culprit: InstitutionID {
        switch self {
        case .doubleVote(let vote, _): vote.voter
        case .doubleProposal(let proposer, _, _): proposer
        case .brokenLock(let vote, _): vote.voter
        }
    }

    /// At which height it was done.
    public var height: Height {
        switch self {
        case .doubleVote(let vote, _), .brokenLock(let vote, _): vote.height
        case .doubleProposal(_, let proposal, _): proposal.height
        }
    }

    /// In which round it was done: of a broken lock, that of the prevote.
    public var round: Round {
        switch self {
        case .doubleVote(let vote, _), .brokenLock(_, let vote): vote.round
        case .doubleProposal(_, let proposal, _): proposal.round
        }
    }

    /// Whether an honest replica cannot have said both, whoever signed them.
    public var isContradiction: Bool {
        switch self {
        case .doubleVote(let first, let second):
            return first.kind == second.kind && first.height == second.height
                && first.round == second.round && first.voter == second.voter
                && !first.saysTheSame(as: second)
        case .doubleProposal(_, let first, let second):
            return first.height == second.height && first.round == second.round
                && !first.saysTheSame(as: second)
        case .brokenLock(let precommit, let prevote):
            guard precommit.kind == .precommit, prevote.kind == .prevote,
                precommit.voter == prevote.voter, precommit.height == prevote.height,
                precommit.round < prevote.round, let locked = precommit.block,
                let other = prevote.block, locked != other
            else { return false }
            return prevote.validRound.map { $0 < precommit.round } ?? true
        }
    }

    /// What a vote convicts its voter of beside another one of the same voter, if of anything.
    public init?(_ vote: Vote, beside other: Vote) {
        let candidates: [Evidence] = [
            .doubleVote(other, vote), .brokenLock(precommit: other, prevote: vote),
            .brokenLock(precommit: vote, prevote: other),
        ]
        guard let found = candidates.first(where: \.isContradiction) else { return nil }
        self = found
    }
}

extension Evidence: CustomStringConvertible {
    public var description: String {
        switch self {
        case .doubleVote(let first, let second): "double vote: \(first), \(second)"
        case .doubleProposal(let proposer, let first, let second):
            "double proposal by \(proposer): \(first), \(second)"
        case .brokenLock(let precommit, let prevote): "broken lock: \(precommit), \(prevote)"
        }
    }
}

extension ValidatorSet {
    /// The evidence, once both signatures and what they contradict have been checked.
    ///
    /// The set must be that of the evidence's height.
    ///
    /// - Throws: ``ConsensusError/noContradiction``, or what checking a vote or proposal throws.
    public func verify(
        _ evidence: Unverified<Evidence>, with signing: SigningBytes, by check: any SignatureCheck
    ) throws(ConsensusError) -> Verified<Evidence> {
        let claimed = evidence.claimed
        guard claimed.isContradiction else { throw .noContradiction }
        switch claimed {
        case .doubleVote(let first, let second), .brokenLock(let first, let second):
            _ = try verify(Unverified(first), with: signing, by: check)
            _ = try verify(Unverified(second), with: signing, by: check)
        case .doubleProposal(let proposer, let first, let second):
            let turn = self.proposer(height: first.height, round: first.round)
            guard turn.id == proposer else { throw .notAValidator(proposer) }
            _ = try verify(Unverified(first), with: signing, by: check)
            _ = try verify(Unverified(second), with: signing, by: check)
        }
        return Verified(checked: claimed)
    }
}
