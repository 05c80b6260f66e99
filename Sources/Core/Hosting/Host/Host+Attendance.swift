internal import Consensus
internal import Ledger
internal import Primitives
internal import Records

/// How a learner shows that it follows: it may be given power only then.
extension Host {
    /// After a block: names a new milestone, where this institution has a vote to get.
    mutating func attend() {
        guard let own = state.institution(identity), own.power == 0,
            let key = own.consensusKey, authenticator.holds(key),
            let milestone = state.governance.standing.milestones.last,
            milestone.height > attendedAt, !sync.isCatchingUp
        else { return }
        attendedAt = milestone.height
        effects.append(
            .anchor(
                .governance(.attend(height: milestone.height, block: milestone.block))))
    }

    /// After a block: tells the operator which entries of governance came to nothing, and why.
    mutating func reportGovernance(_ block: ExecutedBlock) {
        for outcome in block.governanceOutcomes {
            guard let refusal = outcome.refusal else { continue }
            effects.append(
                .report(
                    "the governance entry at leaf \(outcome.leafIndex) has no effect: \(refusal)"))
        }
    }
}
