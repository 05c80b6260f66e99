internal import Consensus
internal import Hosting
internal import Ledger
internal import Primitives

/// More than f byzantine replicas: safety may fall, and then it must be known who did it.
extension Simulation {
    /// After a fork: an auditor asks every honest node for the votes of that height.
    ///
    /// With those of the two commit proofs, at least f + 1 of the power must be named by them, and
    /// nobody honest. Votes are kept in memory: where somebody honest has begun anew since the
    /// height was decided, what is left of them may name fewer, and still nobody honest.
    mutating func audit(_ height: Height) {
        let set = checker.reference.validators(at: height)
        var accounting = Accounting(set)
        for vote in votes(of: height) {
            if let verified = try? set.verify(
                vote, with: region.signing, by: region.authenticators[0])
            {
                accounting.add(verified)
            }
        }
        named = accounting.suspects.map(\.name)
        say("fork at \(height): the votes name \(named.joined(separator: ", "))")
        var power: UInt64 = 0
        for suspect in accounting.suspects {
            guard let index = region.index(of: suspect) else { continue }
            if !nodes[index].isByzantine {
                violate(.evidence, "the votes of height \(height) name \(suspect), honest")
            }
            power += set.index(of: suspect).map { set.validators[$0].power } ?? 0
        }
        hasForgotten = honest.contains { nodes[$0].remembersFrom > height }
        if !hasForgotten, power * 3 < set.totalPower {
            violate(
                .culprits,
                "height \(height) forked, and the votes name \(power) of \(set.totalPower) only: "
                    + "\(accounting.suspects)")
        }
    }

    private mutating func votes(of height: Height) -> [Unverified<Vote>] {
        var votes: [Unverified<Vote>] = []
        let auditor = nodes.first { $0.isByzantine }?.id ?? nodes[0].id
        for index in honest {
            if nodes[index].disk.height >= Int(height.blocks),
                let proof = try? nodes[index].disk.proof(at: height)
            {
                votes += proof.votes
            }
            for (block, _) in nodes[index].unwritten where block.height == height {
                votes += block.proof.votes
            }
            let clock = nodes[index].clock(at: now)
            let answers = nodes[index].step(
                .received(.votesWanted(height), from: auditor), now: clock)
            for case .send(.vote(let vote), _) in answers ?? [] { votes.append(vote) }
        }
        return votes
    }
}
