public import Primitives

/// What the host must do for a replica.
///
/// **The order is the contract.** A host carries out the effects of one step in their order, and
/// those of one step before it takes the next input. ``persist(_:)`` returns only when the state
/// would survive a power failure, and, where it ``SignedState/restsOnLog``, every record appended
/// and every block committed before it would, too. While a block is not durable, the records must
/// be in any case, for the own precommit is among them. It always stands before the
/// ``broadcast(_:)`` of what it is about. A host that cannot persist stops: nothing after a failed
/// effect may be carried out.
public enum Effect: Sendable {
    /// Append to the log of this height. Durable with the next ``persist(_:)`` that rests on it.
    case appendLog(LogRecord)

    /// Replace the last-signed state, and make it durable; the log before it or with it, where it
    /// rests on it.
    case persist(SignedState)

    /// Send to every replica. The replica has counted the message itself already.
    case broadcast(Message)

    /// Say ``Input/timedOut(_:)`` after so many milliseconds.
    case startTimer(Timer, milliseconds: UInt64)

    /// Build a block for this round, and answer with ``Input/valueBuilt(_:)``.
    ///
    /// An answer that comes after the round is ignored. The block carries
    /// ``Replica/previousCommit`` as the previous height's commit proof.
    case propose(height: Height, round: Round)

    /// Execute this block on the state before it, and answer with
    /// ``Input/valueChecked(height:block:isValid:)``.
    case checkValue(CheckRequest)

    /// A quorum voted for a block whose bytes are not here: ask the peers for the proposal.
    case fetchBlock(height: Height, round: Round, block: BlockID)

    /// More than 2/3 of the power decided: apply the block, then say ``Input/heightStarted(_:)``
    /// for the next height. The log's records of this one may go when the block is durable.
    case commit(Decision)

    /// Keep this: it convicts a replica.
    case convict(Evidence)

    /// Ask the claimer for the prevotes that prove the valid round that it claims: they are not
    /// here. Said once for each lock that a replica claims.
    case demandLock(LockClaim)

    /// The message of this input is forged, or of somebody who has no vote: drop whoever sent it.
    ///
    /// Whoever hands a message of a height on has checked it against the same validators, so that
    /// its sender is to blame, whoever it is said to be by.
    case blame(ConsensusError)

    /// The message of this input is of the next height, and not signed as the present validators
    /// sign: it is forged, or by one who gets another key with the block under way. Nobody can tell
    /// yet, so nobody is dropped; but it cost a signature check, and no honest peer sends many.
    case doubt(ConsensusError)

    /// A quorum decided a block that this replica's own execution finds invalid. Stop, and call a
    /// human: either this machine or more than 2/3 of the others compute wrong.
    case halt(height: Height, block: BlockID)
}

/// What replicas say to each other about a height.
public enum Message: Hashable, Sendable {
    case proposal(Proposal)
    case vote(Vote)
}

/// A block to be executed on the state before it.
public struct CheckRequest: Sendable {
    public let height: Height
    public let round: Round
    public let blockID: BlockID
    public let block: [UInt8]
}

/// What more than 2/3 of the power decided.
public struct Decision: Sendable {
    public let height: Height
    public let round: Round
    public let blockID: BlockID
    public let block: [UInt8]
    /// The precommits that were there at the decision; ``Replica/previousCommit`` collects those
    /// that come later.
    public let proof: CommitProof
}
