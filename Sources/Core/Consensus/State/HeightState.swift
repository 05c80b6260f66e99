internal import Primitives

/// The variables of algorithm 1 at one height.
struct HeightState: Sendable {
    /// Where the replica stands in its round.
    enum Step: Equatable, Comparable {
        /// Before round 0: there is nothing to order yet.
        case resting
        case propose
        case prevote
        case precommit
        /// Decided; the host applies the block.
        case decided
    }

    let height: Height
    let validators: ValidatorSet
    let parameters: ReplicaParameters
    /// This replica's place among the validators, where it has one.
    let ownIndex: Int?

    /// round_p and step_p.
    var round = Round.zero
    var step = Step.resting
    /// lockedValue_p and lockedRound_p.
    var locked: SignedState.Polka?
    /// validValue_p and validRound_p.
    var valid: SignedState.Polka?
    /// A block that a quorum of precommits of some round is for.
    var decided: SignedState.Polka?
    var decision: Decision?
    /// Whose turn it is in the present round.
    var proposer: Validator
    /// The block that the peers were last asked for.
    var askedFor: SignedState.Polka?
    var isHalted = false
    /// Claims of a valid round whose proof was asked for.
    var demanded: [LockClaim] = []

    /// By round, increasing; only rounds of which something is known.
    private(set) var rounds: [RoundState]
    private(set) var blocks: [KnownBlock] = []
    var future: FutureVotes

    init(_ start: HeightStart, identity: InstitutionID, by authenticator: any Authenticator) {
        height = start.height
        validators = start.validators
        parameters = start.parameters
        ownIndex = start.validators.index(of: identity).flatMap { index in
            authenticator.holds(start.validators.validators[index].key) ? index : nil
        }
        proposer = start.validators.proposer(height: start.height, round: .zero)
        rounds = [RoundState(round: .zero, validatorCount: start.validators.count)]
        future = FutureVotes(validatorCount: start.validators.count)
    }

    /// What is known of a round; nothing yet for one that has not been met.
    subscript(round: Round) -> RoundState {
        get {
            let index = place(of: round)
            guard index < rounds.count, rounds[index].round == round else {
                return RoundState(round: round, validatorCount: validators.count)
            }
            return rounds[index]
        }
        set {
            let index = place(of: round)
            if index < rounds.count, rounds[index].round == round {
                rounds[index] = newValue
            } else {
                rounds.insert(newValue, at: index)
            }
        }
    }

    /// Changes what is known of a round, in place.
    mutating func update<Result>(_ round: Round, _ body: (inout RoundState) -> Result) -> Result {
        let index = place(of: round)
        if index == rounds.count || rounds[index].round != round {
            rounds.insert(
                RoundState(round: round, validatorCount: validators.count), at: index)
        }
        return body(&rounds[index])
    }

    func block(_ id: BlockID) -> KnownBlock? {
        blocks.first { $0.id == id }
    }

    /// Keeps a block's bytes, unless they are here already.
    mutating func learn(_ proposal: Proposal, time: Timestamp, validity: KnownBlock.Validity) {
        guard block(proposal.blockID) == nil else { return }
        blocks.append(
            KnownBlock(
                id: proposal.blockID, bytes: proposal.block, time: time, round: proposal.round,
                validity: validity))
    }

    /// Notes what execution said; returns whether that was news.
    mutating func note(_ validity: KnownBlock.Validity, of id: BlockID) -> Bool {
        for index in blocks.indices where blocks[index].id == id {
            guard blocks[index].validity != validity else { return false }
            blocks[index].validity = validity
            return true
        }
        return false
    }

    /// A block that a quorum voted for, and whose bytes are not here.
    var missing: SignedState.Polka? {
        if let decided { return block(decided.block) == nil ? decided : nil }
        if let polka = self[round].prevotes.quorumBlock(in: validators) {
            return block(polka) == nil ? SignedState.Polka(round: round, block: polka) : nil
        }
        if let valid { return block(valid.block) == nil ? valid : nil }
        return nil
    }

    /// Whether a quorum of either kind of vote, in any round, is for this block.
    func isWanted(_ id: BlockID) -> Bool {
        decided?.block == id
            || rounds.contains { validators.isQuorum($0.prevotes.power(for: id)) }
    }

    private func place(of round: Round) -> Int {
        rounds.indices.partitioningIndex { rounds[$0].round >= round }
    }
}
