internal import Primitives

/// What a replica knows of one round.
struct RoundState: Sendable {
    /// A proposal of the round's proposer, as it was received.
    struct Received: Sendable {
        let proposal: Proposal
        /// Whether its time was near enough to the clock; asked of first proposals only.
        let isTimely: Bool
    }

    let round: Round
    var proposal: Received?
    var prevotes: Tally
    var precommits: Tally
    /// Line 34: for the first time.
    var hasPrevoteTimer = false
    /// Line 47: for the first time.
    var hasPrecommitTimer = false
    /// Line 36: for the first time.
    var hasActedOnPolka = false
    /// The propose request has been made.
    var hasAskedForValue = false
    /// The proposer has been convicted of proposing two things.
    var hasConvictedProposer = false

    init(round: Round, validatorCount: Int) {
        self.round = round
        prevotes = Tally(validatorCount: validatorCount)
        precommits = Tally(validatorCount: validatorCount)
    }

    func tally(_ kind: Vote.Kind) -> Tally {
        kind == .prevote ? prevotes : precommits
    }

    mutating func add(
        _ vote: Verified<Vote>, index: Int, in validators: ValidatorSet
    ) -> Tally.Outcome {
        switch vote.message.kind {
        case .prevote: prevotes.add(vote, index: index, in: validators)
        case .precommit: precommits.add(vote, index: index, in: validators)
        }
    }
}
