public import Primitives

/// Where a height stands, and who is missing: the answer to "why are we not committing?".
public struct Standing: Hashable, Sendable {
    /// How one kind of vote of the present round stands.
    public struct Count: Hashable, Sendable {
        /// What most of the power voted for; nil where that is nil, or nobody voted.
        public let leader: BlockID?
        public let leaderPower: UInt64
        /// The power of all that voted.
        public let power: UInt64
        /// Whose vote is not here, by id.
        public let missing: [InstitutionID]
    }

    public let height: Height
    public let round: Round
    /// What the replica is doing, in words.
    public let step: String
    public let proposer: InstitutionID
    public let proposal: BlockID?
    public let prevotes: Count
    public let precommits: Count
    public let totalPower: UInt64
    /// Above which power a block is decided.
    public var quorumPower: UInt64 { totalPower * 2 / 3 + 1 }
}

extension Standing: CustomStringConvertible {
    public var description: String {
        let proposal = proposal.map { "proposed \($0)" } ?? "nothing proposed"
        return """
            height \(height), round \(round): \(step); \(proposal), proposer \(proposer); \
            prevotes \(describe(prevotes)); precommits \(describe(precommits)); \
            \(quorumPower) of \(totalPower) needed
            """
    }

    private func describe(_ count: Count) -> String {
        let missing = count.missing.map(\.name).joined(separator: ", ")
        let leader = count.leader.map { ", \(count.leaderPower) of it for \($0)" } ?? ""
        return "\(count.power)\(leader), missing: \(missing.isEmpty ? "nobody" : missing)"
    }
}

extension Replica {
    /// What is missing, when nothing is decided.
    public func why() -> Standing {
        let round = state[state.round]
        return Standing(
            height: state.height, round: state.round, step: stepInWords,
            proposer: state.proposer.id, proposal: round.proposal?.proposal.blockID,
            prevotes: count(round.prevotes), precommits: count(round.precommits),
            totalPower: state.validators.totalPower)
    }

    private func count(_ tally: Tally) -> Standing.Count {
        let missing = state.validators.validators.enumerated()
            .filter { tally.vote(of: $0.offset) == nil }
            .map(\.element.id)
        return Standing.Count(
            leader: tally.leader?.block, leaderPower: tally.leader?.power ?? 0,
            power: tally.power, missing: missing)
    }

    private var stepInWords: String {
        if state.isHalted { return "halted: a quorum decided a block that is invalid here" }
        if let decided = state.decided, state.block(decided.block) == nil {
            return "decided \(decided.block), whose bytes are missing here"
        }
        switch state.step {
        case .resting: return "resting, nothing to order"
        case .propose:
            if let id = state[state.round].proposal?.proposal.blockID {
                switch state.block(id)?.validity {
                case .asked: return "executing the proposal"
                default: return "waiting for the proof of the proposal's valid round"
                }
            }
            return "waiting for the proposal"
        case .prevote: return "waiting for prevotes"
        case .precommit: return "waiting for precommits"
        case .decided: return "decided, being applied"
        }
    }
}
