internal import Primitives

/// The votes of one kind in one round.
///
/// A validator counts once towards "any", and once for each thing that it voted for: an
/// equivocator's votes count on every side, as they do in a commit proof, where nobody can see
/// the others. Two different votes of one validator are kept, and more only for a block that more
/// than 1/3 of the power voted for: what made a quorum elsewhere must be able to make one here,
/// or a proof of lock that an equivocator took part in could never be shown.
struct Tally: Sendable {
    /// What became of a vote.
    enum Outcome: Equatable {
        case counted
        /// The same was there already, or there is no room for it.
        case ignored
        /// Counted, and it contradicts an earlier one, for the first time.
        case contradicts(Vote)
    }

    /// By validator index.
    private var votes: [[Verified<Vote>]]
    private var choices: [(block: BlockID?, power: UInt64)] = []
    /// The power of all validators that have voted.
    private(set) var power: UInt64 = 0

    init(validatorCount: Int) {
        votes = Array(repeating: [], count: validatorCount)
    }

    /// Counts a vote of the validator at `index`, unless it would change nothing.
    mutating func add(
        _ vote: Verified<Vote>, index: Int, in validators: ValidatorSet
    ) -> Outcome {
        guard hasRoom(for: vote.message, index: index, in: validators) else { return .ignored }
        let votePower = validators.validators[index].power
        let earlier = votes[index].map(\.message)
        votes[index].append(vote)
        if earlier.isEmpty { power += votePower }
        if !earlier.contains(where: { $0.block == vote.message.block }) {
            count(vote.message.block, votePower)
        }
        guard let first = earlier.first, earlier.count == 1 else { return .counted }
        return .contradicts(first)
    }

    /// Whether this vote would change anything: asked before its signature is checked.
    func hasRoom(for vote: Vote, index: Int, in validators: ValidatorSet) -> Bool {
        let kept = votes[index]
        if kept.count < 2 { return !kept.contains { $0.message.saysTheSame(as: vote) } }
        guard let block = vote.block, validators.hasHonest(power(for: block)) else { return false }
        return !kept.contains { $0.message.block == block }
    }

    /// The power that voted for a block, or with nil against any.
    func power(for block: BlockID?) -> UInt64 {
        choices.first { $0.block == block }?.power ?? 0
    }

    /// The block that a quorum voted for, where there is one.
    func quorumBlock(in validators: ValidatorSet) -> BlockID? {
        for choice in choices where validators.isQuorum(choice.power) {
            if let block = choice.block { return block }
        }
        return nil
    }

    /// What most of the power voted for, and how much that is.
    var leader: (block: BlockID?, power: UInt64)? {
        choices.max { $0.power < $1.power }
    }

    /// The first vote of a validator.
    func vote(of index: Int) -> Vote? {
        votes[index].first?.message
    }

    /// All votes, by validator.
    var all: [Vote] {
        votes.flatMap { $0.map(\.message) }
    }

    /// One vote for a block of each validator that cast one, by validator.
    func votes(for block: BlockID) -> [Vote] {
        votes.compactMap { kept in kept.first { $0.message.block == block }?.message }
    }

    private mutating func count(_ block: BlockID?, _ votePower: UInt64) {
        for index in choices.indices where choices[index].block == block {
            choices[index].power += votePower
            return
        }
        choices.append((block, votePower))
    }
}
