internal import Primitives

/// Votes for rounds that the replica has not reached.
///
/// Bounded: each validator has room for four, and a vote for a higher round pushes out one for a
/// lower, because an honest replica's newest round is what helps others to follow it. What was
/// pushed out is gossiped again when the round is reached.
struct FutureVotes: Sendable {
    /// Two rounds of two votes.
    static let votesPerValidatorMax = 4

    private var votes: [[Verified<Vote>]]

    init(validatorCount: Int) {
        votes = Array(repeating: [], count: validatorCount)
    }

    func isKnown(_ vote: Vote, index: Int) -> Bool {
        votes[index].contains { $0.message.saysTheSame(as: vote) }
    }

    /// Keeps the vote if there is room; says whether it was kept.
    mutating func add(_ vote: Verified<Vote>, index: Int) -> Bool {
        guard !isKnown(vote.message, index: index) else { return false }
        if votes[index].count >= FutureVotes.votesPerValidatorMax {
            guard
                let lowest = votes[index].indices.min(by: {
                    votes[index][$0].message.round < votes[index][$1].message.round
                }), votes[index][lowest].message.round < vote.message.round
            else { return false }
            votes[index].remove(at: lowest)
        }
        votes[index].append(vote)
        return true
    }

    /// The highest round that validators of more than 1/3 of the power have reached, if any.
    func roundToSkipTo(in validators: ValidatorSet) -> Round? {
        let reached = votes.indices.compactMap { index in
            votes[index].map(\.message.round).max().map { round in
                (round: round, power: validators.validators[index].power)
            }
        }
        var power: UInt64 = 0
        for (round, validatorPower) in reached.sorted(by: { $0.round > $1.round }) {
            power += validatorPower
            if validators.hasHonest(power) { return round }
        }
        return nil
    }

    /// Takes out the votes up to a round, by validator: those that can now be counted.
    mutating func removeVotes(upTo round: Round) -> [Verified<Vote>] {
        var reached: [Verified<Vote>] = []
        for index in votes.indices {
            reached.append(contentsOf: votes[index].filter { $0.message.round <= round })
            votes[index].removeAll { $0.message.round <= round }
        }
        return reached
    }

    /// All that are kept, by validator.
    var verified: [Verified<Vote>] { votes.flatMap { $0 } }
}
