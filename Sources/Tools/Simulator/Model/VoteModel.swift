/// Which votes of honest replicas the protocol allows at one height: the steps of
/// `docs/model/consensus.pml`, for any powers and any number of rounds.
///
/// Safety rests on these steps alone, so a run whose votes are all accepted here is one that the
/// exhausted model covers: proposers, timers and the network may have done what they liked. The
/// votes of faulty replicas count for whatever is needed, on every side.
public struct VoteModel<Value: Hashable & Sendable>: Hashable, Sendable {
    public enum Kind: UInt8, Hashable, Sendable {
        case prevote = 1
        case precommit = 2
    }

    /// A vote of an honest replica; with nil it is one against.
    public struct Vote: Hashable, Sendable {
        public let kind: Kind
        public let round: UInt32
        public let value: Value?

        public init(_ kind: Kind, round: UInt32, _ value: Value?) {
            self.kind = kind
            self.round = round
            self.value = value
        }

        fileprivate func comes(after other: Vote) -> Bool {
            (round, kind.rawValue) > (other.round, other.kind.rawValue)
        }
    }

    /// Why a step is none of the model's.
    public enum Refusal: Error, Hashable, Sendable {
        /// There is a later vote already, or another one of this step.
        case outOfTurn(last: Vote)
        /// It is locked on another value, and no proof from the lock's round on speaks for this.
        case locked(Vote)
        /// A precommit without a quorum of prevotes in its round.
        case noQuorumOfPrevotes
        /// A decision without a quorum of precommits in its round.
        case noQuorumOfPrecommits
    }

    /// The power of each honest replica.
    private let powers: [UInt64]
    /// How much honest power makes a quorum, with that of all faulty replicas.
    private let enough: UInt64
    /// What each honest replica has cast, in the order of rounds and kinds.
    private var votes: [[Vote]]

    /// A height at which nothing has been cast.
    ///
    /// - Parameters:
    ///   - powers: of the honest replicas; their places name them.
    ///   - faulty: the power of all others.
    public init(powers: [UInt64], faulty: UInt64) {
        self.powers = powers
        let total = powers.reduce(faulty, +)
        let quorum = total * 2 / 3 + 1
        enough = quorum > faulty ? quorum - faulty : 0
        votes = Array(repeating: [], count: powers.count)
    }

    /// Casts a vote of one replica; the same vote again is no step.
    ///
    /// - Throws: ``Refusal``, where no run of the protocol has this step here.
    public mutating func cast(_ vote: Vote, by replica: Int) throws(Refusal) {
        if votes[replica].contains(vote) { return }
        if let last = votes[replica].last, !vote.comes(after: last) {
            throw .outOfTurn(last: last)
        }
        if let value = vote.value {
            switch vote.kind {
            case .prevote: try checkLock(of: replica, at: vote.round, value)
            case .precommit:
                guard hasQuorum(.prevote, vote.round, value) else { throw .noQuorumOfPrevotes }
            }
        }
        votes[replica].append(vote)
    }

    /// Whether a value may be taken for decided in a round.
    ///
    /// - Throws: ``Refusal/noQuorumOfPrecommits``.
    public func decide(_ value: Value, in round: UInt32) throws(Refusal) {
        guard hasQuorum(.precommit, round, value) else { throw .noQuorumOfPrecommits }
    }

    /// The values that some round decides; two of them are a fork.
    public var decided: Set<Value> {
        var decided: Set<Value> = []
        for vote in votes.joined() where vote.kind == .precommit {
            if let value = vote.value, hasQuorum(.precommit, vote.round, value) {
                decided.insert(value)
            }
        }
        return decided
    }

    /// Lines 22 to 33 of the algorithm: the lock is the last precommit for a value.
    private func checkLock(
        of replica: Int, at round: UInt32, _ value: Value
    ) throws(Refusal) {
        guard
            let lock = votes[replica].last(where: { $0.kind == .precommit && $0.value != nil }),
            lock.value != value, lock.round < round
        else { return }
        guard (lock.round..<round).contains(where: { hasQuorum(.prevote, $0, value) }) else {
            throw .locked(lock)
        }
    }

    private func hasQuorum(_ kind: Kind, _ round: UInt32, _ value: Value) -> Bool {
        let wanted = Vote(kind, round: round, value)
        var power: UInt64 = 0
        for (index, cast) in votes.enumerated() where cast.contains(wanted) {
            power += powers[index]
        }
        return power >= enough
    }
}
