internal import Primitives

/// When the steps of one block were done at this node; nil for those that were not done here.
struct BlockSteps: Sendable {
    /// The proposal was made here, or came.
    var proposed: Moment?
    /// The own prevote was sent, after the block was executed.
    var prevoted: Moment?
    /// The own precommit was sent.
    var precommitted: Moment?
    var decided: Moment?
    /// The batches that were handed in here, by digest.
    var batches: [Digest: BatchSteps] = [:]
}

/// When the steps of one batch were done at the node where it was handed in.
struct BatchSteps: Sendable {
    /// Its first entry had its number; nil where the batch came signed.
    var numbered: Moment?
    /// It was signed, or came signed.
    var signed: Moment
}
