public import Primitives

/// Claims of valid rounds: which to ask a proof of, and the proofs of one's own.
extension Replica {
    /// How many different locks of one claimer are asked about at a height.
    private static let demandsPerClaimerMax = 4

    /// Asks for the proof of a claim of somebody else, where its prevotes are not here.
    ///
    /// Most often they are only late: who asks decides for how long it waits.
    mutating func demand(_ claim: LockClaim) {
        guard let lock = claim.lock, claim.claimer != identity,
            !state.validators.isQuorum(state[lock.round].prevotes.power(for: lock.block)),
            !state.demanded.contains(where: { $0.asksTheSame(as: claim) }),
            state.demanded.count(where: { $0.claimer == claim.claimer })
                < Replica.demandsPerClaimerMax
        else { return }
        state.demanded.append(claim)
        effects.append(.demandLock(claim))
    }

    /// The prevotes of a quorum for a block in a round of the present height, where they are here.
    public func proofOfLock(height: Height, round: Round, block: BlockID) -> ProofOfLock? {
        guard height == state.height else { return nil }
        let prevotes = state[round].prevotes
        guard state.validators.isQuorum(prevotes.power(for: block)) else { return nil }
        return ProofOfLock(
            height: height, round: round, block: block, votes: prevotes.votes(for: block))
    }

    /// The proof of every valid round that this replica has claimed at the present height.
    ///
    /// Whoever asks for one later must get it, so the host keeps them when the height is left.
    public var claimedLocks: [ProofOfLock] {
        guard let index = state.ownIndex else { return [] }
        var proofs: [ProofOfLock] = []
        for round in state.rounds {
            var claims: [LockClaim] = []
            if let vote = round.prevotes.vote(of: index) { claims.append(.vote(vote)) }
            if let proposal = round.proposal?.proposal,
                state.validators.proposer(height: state.height, round: round.round).id == identity
            {
                claims.append(.proposal(identity, proposal))
            }
            for claim in claims {
                guard let lock = claim.lock,
                    let proof = proofOfLock(
                        height: state.height, round: lock.round, block: lock.block),
                    !proofs.contains(proof)
                else { continue }
                proofs.append(proof)
            }
        }
        return proofs
    }

    /// All votes of the present height that were counted here.
    public var votes: [Verified<Vote>] {
        state.rounds.flatMap { round in
            (round.prevotes.all + round.precommits.all).map { Verified(checked: $0) }
        }
    }
}
