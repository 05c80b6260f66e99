internal import Primitives

/// The height below: its precommits are still collected, for the proof that the next block carries.
struct PreviousHeight: Sendable {
    let height: Height
    let validators: ValidatorSet
    let decided: SignedState.Polka
    private var precommits: Tally

    /// What is left of a height when the next one begins; nil unless it was decided here.
    init?(_ state: HeightState) {
        guard let decision = state.decision else { return nil }
        height = state.height
        validators = state.validators
        decided = SignedState.Polka(round: decision.round, block: decision.blockID)
        precommits = state[decision.round].precommits
    }

    func isWelcome(_ vote: Vote, index: Int) -> Bool {
        vote.kind == .precommit && vote.round == decided.round && vote.block == decided.block
            && precommits.hasRoom(for: vote, index: index, in: validators)
    }

    mutating func add(_ vote: Verified<Vote>, index: Int) {
        _ = precommits.add(vote, index: index, in: validators)
    }

    /// The votes of a proof that are not here; nil where it is not a quorum's for this block.
    func uncheckedVotes(of proof: CommitProof) -> [Unverified<Vote>]? {
        guard proof.height == height, proof.round == decided.round, proof.block == decided.block
        else { return nil }
        var power: UInt64 = 0
        var unchecked: [Unverified<Vote>] = []
        var last: InstitutionID?
        for vote in proof.votes {
            let claimed = vote.claimed
            guard let index = validators.index(of: claimed.voter),
                last.map({ $0 < claimed.voter }) ?? true
            else { return nil }
            last = claimed.voter
            power += validators.validators[index].power
            let known = precommits.vote(of: index)
            if known?.block != claimed.block || known?.signature != claimed.signature {
                unchecked.append(vote)
            }
        }
        return validators.isQuorum(power) ? unchecked : nil
    }

    var commitProof: CommitProof {
        CommitProof(
            height: height, round: decided.round, block: decided.block,
            precommits: precommits.votes(for: decided.block).map {
                CommitProof.Precommit(voter: $0.voter, signature: $0.signature)
            })
    }
}
