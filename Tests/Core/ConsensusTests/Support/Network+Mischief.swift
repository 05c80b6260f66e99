import Consensus
import Primitives
import TestSupport

/// What byzantine replicas do: all of them share what they know, and sign whatever helps.
extension Network {
    mutating func overhear(_ input: Input) {
        guard case .proposed(let proposal, _, _) = input else { return }
        let claimed = proposal.claimed
        seenBlocks.append((claimed.height, claimed.round, claimed.blockID))
        if seenBlocks.count > 40 { seenBlocks.removeFirst(20) }
    }

    mutating func doMischief(as index: Int) {
        let target = honest.randomElement(using: &generator) ?? 0
        let status = nodes[target].replica.status
        let height = status.height.blocks
        switch Int.random(in: 0..<10, using: &generator) {
        case 0...2: proposeTwice(as: index, at: height, round: status.round)
        case 3...7: voteForEverything(as: index, at: height, round: status.round)
        case 8: voteInTheFuture(as: index, at: height, round: status.round)
        default: forge(as: index, at: height, round: status.round)
        }
    }

    /// Different blocks to different replicas, where it is its turn, now or soon.
    private mutating func proposeTwice(as index: Int, at height: UInt64, round: Round) {
        for ahead in 0..<2 where round.number < .max - 2 {
            let round = Round(round.number + UInt32(ahead))
            let turn = validators.proposer(height: Height(height), round: round)
            guard turn.id.name == names[index] else { continue }
            for target in honest {
                let quality = generator.chance(10) ? "bad" : "fine"
                let twin = Int.random(in: 0...1, using: &generator)
                let name = "\(height)/\(round) \(quality) twin \(twin) at \(now / 50 * 50)"
                let claim =
                    generator.chance(20) && round > .zero ? round.number - 1 : nil
                let proposal = Fixture.proposal(
                    height, round.number, name, by: names[index], validRound: claim)
                seenBlocks.append((Height(height), round, proposal.blockID))
                deliver(.proposal(proposal), to: target)
            }
        }
    }

    /// Prevotes and precommits for whatever is about, another thing to each replica.
    private mutating func voteForEverything(as index: Int, at height: UInt64, round: Round) {
        let blocks = seenBlocks.filter { $0.height.blocks == height }
        for target in honest {
            // Most harmful: to each replica, for what it has been proposed itself.
            let proposed = nodes[target].replica.why().proposal
            let other = blocks.randomElement(using: &generator)?.id
            let block = generator.chance(60) ? proposed : generator.chance(70) ? other : nil
            let round = generator.chance(80) || round == .zero ? round.number : round.number - 1
            for kind in Vote.Kind.allCases where generator.chance(80) {
                let vote = Fixture.vote(kind, height, round, block, by: names[index])
                deliver(.vote(vote), to: target)
            }
        }
    }

    private mutating func voteInTheFuture(as index: Int, at height: UInt64, round: Round) {
        for target in honest {
            let jump = UInt32.random(in: 1...1_000_000, using: &generator)
            let vote = Fixture.vote(
                .precommit, height + UInt64.random(in: 0...3, using: &generator),
                round.number &+ jump, seenBlocks.randomElement(using: &generator)?.id,
                by: names[index])
            deliver(.vote(vote), to: target)
        }
    }

    /// Votes and proposals in the name of an honest replica, under its own signature.
    private mutating func forge(as index: Int, at height: UInt64, round: Round) {
        let victim = honest.randomElement(using: &generator) ?? 0
        let own = Fixture.vote(
            .precommit, height, round.number, seenBlocks.randomElement(using: &generator)?.id,
            by: names[index])
        let forged = Vote(
            kind: own.kind, height: own.height, round: own.round, voter: Fixture.id(names[victim]),
            block: own.block, validRound: nil, signature: own.signature)
        let proposal = Fixture.proposal(
            height, round.number, "forged at \(now)", by: names[index])
        for target in honest {
            deliver(.vote(forged), to: target)
            deliver(.proposal(proposal), to: target)
        }
    }
}
