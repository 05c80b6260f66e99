public import Primitives

/// What has happened to a replica.
public enum Input: Sendable {
    /// The host has applied everything below a height, and this height may begin.
    ///
    /// The replica then waits, without a timer, for a reason to begin round 0: see ``workArrived``.
    case heightStarted(HeightStart)

    /// There is something to order at this height, or the time for a heartbeat has come.
    ///
    /// An idle ledger must not burn rounds, so a height rests until the host says this, a proposal
    /// of the proposer whose turn it is arrives, or more than 1/3 of the power has voted. The
    /// propose timeout of round 0 therefore starts only when a proposal is due. The host says it
    /// as soon as its mempool holds a batch (batches are gossiped, so all hosts say it within a
    /// message delay of each other), and at the latest when the heartbeat interval has passed.
    case workArrived(Height)

    /// A proposal came in, and the host has made sure that its bytes are a block whose header has
    /// the hash, tree root and time given, and whose parts are those that the header names.
    ///
    /// `receivedAt` is the local clock when the first byte of it came: what proposer-based
    /// timestamps are judged by.
    case proposed(Unverified<Proposal>, blockTime: Timestamp, receivedAt: Timestamp)

    /// A vote came in.
    case voted(Unverified<Vote>)

    /// A timer that the replica had started has run out.
    case timedOut(Timer)

    /// The host has built and executed the block that ``Effect/propose(height:round:)`` asked for.
    case valueBuilt(BuiltValue)

    /// The host has executed a block that ``Effect/checkValue(_:)`` asked about.
    case valueChecked(height: Height, block: BlockID, isValid: Bool)
}

/// All that a replica must know to begin a height.
public struct HeightStart: Sendable {
    public let height: Height
    /// Who votes at this height.
    public let validators: ValidatorSet
    public let parameters: ReplicaParameters
    /// Why the previous block stands; nil at height 1.
    public let previousCommit: CommitProof?

    public init(
        height: Height, validators: ValidatorSet, parameters: ReplicaParameters,
        previousCommit: CommitProof?
    ) {
        self.height = height
        self.validators = validators
        self.parameters = parameters
        self.previousCommit = previousCommit
    }
}

/// A block that the host has built and executed, for this replica to propose.
public struct BuiltValue: Sendable {
    public let height: Height
    public let round: Round
    public let blockID: BlockID
    public let block: [UInt8]
    /// The time in the block's header.
    public let time: Timestamp

    public init(
        height: Height, round: Round, blockID: BlockID, block: [UInt8], time: Timestamp
    ) {
        self.height = height
        self.round = round
        self.blockID = blockID
        self.block = block
        self.time = time
    }
}
