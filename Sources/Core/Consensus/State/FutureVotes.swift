internal import Primitives

/// Votes for rounds that the replica has not reached.
///
/// Bounded: each validator has room for four, and a vote for a higher round pushes out one for a
/// lower, because an honest replica's newest round is what helps others to follow it. What was
/// pushed out is gossiped again when the round is reached. From one round of this replica to the
/// next so many are pushed out and no more: one that votes in round after round to come would have
/// every signature checked and logged, and those that are kept say enough.
struct FutureVotes: Sendable {
    /// Two rounds of two votes.
    static let votesPerValidatorMax = 4

    /// How many votes of a validator may push out others, until a round is entered.
    static let replacedMax = 64

    private var votes: [[Verified<Vote>]]
    private var replaced: [Int]

    init(validatorCount: Int) {
        votes = Array(repeating: [], count: validatorCount)
        replaced = Array(repeating: 0, count: validatorCount)
    }

    func isKnown(_ vote: Vote, index: Int) -> Bool {
        votes[index].contains { $0.message.saysTheSame(as: vote) }
    }

    /// Whether this vote would be kept: asked before its signature is checked.
    func hasRoom(for vote: Vote, index: Int) -> Bool {
        guard !isKnown(vote, index: index) else { return false }
        guard let lowest = lowestWhereFull(index) else { return true }
        return votes[index][lowest].message.round < vote.round
            && replaced[index] < FutureVotes.replacedMax
    }

    /// Keeps the vote if there is room; says whether it was kept.
    mutating func add(_ vote: Verified<Vote>, index: Int) -> Bool {
        guard hasRoom(for: vote.message, index: index) else { return false }
        if let lowest = lowestWhereFull(index) {
            votes[index].remove(at: lowest)
            replaced[index] += 1
        }
        votes[index].append(vote)
        return true
    }

    /// The place of a validator's vote of the lowest round, where there is room for no other.
    private func lowestWhereFull(_ index: Int) -> Int? {
        guard votes[index].count >= FutureVotes.votesPerValidatorMax else { return nil }
        return votes[index].indices.min {
            votes[index][$0].message.round < votes[index][$1].message.round
        }
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
            replaced[index] = 0
        }
        return reached
    }

    /// All that are kept, by validator.
    var verified: [Verified<Vote>] { votes.flatMap { $0 } }
}
