internal import Consensus
internal import Hosting
internal import Ledger
internal import Primitives

/// The trace check: every vote of every honest replica is a step of the model that was exhausted.
extension Simulation {
    /// When an honest replica says something: one's own votes, the first time and again.
    mutating func checkStep(_ message: PeerMessage, by index: Int) {
        guard case .vote(let unverified) = message, !plan.mayFork else { return }
        let vote = unverified.claimed
        guard vote.voter == nodes[index].id, let place = honest.firstIndex(of: index) else {
            return
        }
        let step = VoteModel<BlockID>.Vote(
            vote.kind == .prevote ? .prevote : .precommit, round: vote.round.number, vote.block)
        check(step, at: vote.height, by: place)
    }

    /// When an honest replica commits: its proof is a decision of the model.
    ///
    /// Who signed a precommit may have ended before anybody heard it, and decide by it once it is
    /// back: so what the proof has of honest replicas are steps, too.
    mutating func checkDecision(_ proof: CommitProof, by index: Int) {
        guard !plan.mayFork else { return }
        let step = VoteModel<BlockID>.Vote(
            .precommit, round: proof.round.number, proof.block)
        for precommit in proof.precommits {
            guard let place = honest.firstIndex(where: { nodes[$0].id == precommit.voter })
            else { continue }
            check(step, at: proof.height, by: place)
        }
        withModel(of: proof.height) { model throws(VoteModel<BlockID>.Refusal) in
            try model.decide(proof.block, in: proof.round.number)
        } refused: { simulation, refusal in
            simulation.violate(
                .model,
                "\(simulation.nodes[index].id) decides \(proof.block) in "
                    + "\(proof.height)/\(proof.round): \(refusal)")
        }
    }

    private mutating func check(
        _ step: VoteModel<BlockID>.Vote, at height: Height, by place: Int
    ) {
        withModel(of: height) { model throws(VoteModel<BlockID>.Refusal) in
            try model.cast(step, by: place)
        } refused: { simulation, refusal in
            let name = simulation.nodes[simulation.honest[place]].id
            simulation.violate(.model, "\(step) of \(name) at \(height) is no step: \(refusal)")
        }
    }

    private mutating func withModel(
        of height: Height,
        _ step: (inout VoteModel<BlockID>) throws(VoteModel<BlockID>.Refusal) -> Void,
        refused: (inout Simulation, VoteModel<BlockID>.Refusal) -> Void
    ) {
        // Who votes at a height is known once the block below it is.
        guard height > .genesis, height <= checker.reference.head.height.next else { return }
        let place = Int(height.blocks) - 1
        while models.count <= place {
            models.append(model(of: Height(UInt64(models.count + 1))))
        }
        do throws(VoteModel<BlockID>.Refusal) {
            try step(&models[place])
        } catch {
            refused(&self, error)
        }
    }

    private func model(of height: Height) -> VoteModel<BlockID> {
        let set = checker.reference.validators(at: height)
        let powers = honest.map { index in
            set.index(of: nodes[index].id).map { set.validators[$0].power } ?? 0
        }
        return VoteModel(powers: powers, faulty: set.totalPower - powers.reduce(0, +))
    }
}
