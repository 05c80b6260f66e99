public import Primitives

/// Two signed messages that no honest replica signs both of.
public enum Evidence: Hashable, Sendable {
    /// Two different votes of one kind in one round.
    case doubleVote(Vote, Vote)
    /// Two different proposals in one round.
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
