public import Primitives

/// Who did wrong at one height, found in the votes of it, from whomever they came.
///
/// Where two blocks of one height are both decided, the votes behind them show at least 1/3 of
/// the power to have voted twice in a round, to have ignored a lock, or to claim a valid round
/// that no votes prove: put all votes in, and ask.
public struct Accounting: Sendable {
    private let validators: ValidatorSet
    /// By validator index, in the order of coming.
    private var votes: [[Vote]]
    /// The first of each kind, voter and round that was found.
    public private(set) var evidence: [Evidence] = []

    /// The most votes of one validator that are kept: four rounds' worth of lies and more.
    public static let votesPerValidatorMax = 64

    public init(_ validators: ValidatorSet) {
        self.validators = validators
        votes = Array(repeating: [], count: validators.count)
    }

    /// Whether this vote would be kept: asked before its signature is checked.
    public func hasRoom(for vote: Vote) -> Bool {
        guard let index = validators.index(of: vote.voter) else { return false }
        return votes[index].count < Accounting.votesPerValidatorMax
            && !votes[index].contains { $0.saysTheSame(as: vote) }
    }

    /// Adds a vote whose signature has been checked; returns what it convicts its voter of.
    @discardableResult
    public mutating func add(_ verified: Verified<Vote>) -> [Evidence] {
        let vote = verified.message
        guard let index = validators.index(of: vote.voter), hasRoom(for: vote) else { return [] }
        var found: [Evidence] = []
        for other in votes[index] {
            guard let new = Evidence(vote, beside: other) else { continue }
            if !(evidence + found).contains(where: { Accounting.isSame($0, new) }) {
                found.append(new)
            }
        }
        votes[index].append(vote)
        evidence += found
        return found
    }

    /// Claims of a valid round that none of the votes proves.
    public var unproved: [LockClaim] {
        var claims: [LockClaim] = []
        for vote in votes.joined() {
            let claim = LockClaim.vote(vote)
            guard let lock = claim.lock, proof(round: lock.round, block: lock.block) == nil,
                !claims.contains(where: { $0.asksTheSame(as: claim) })
            else { continue }
            claims.append(claim)
        }
        return claims
    }

    /// Everybody who is convicted, or claims what is not proved; by id.
    public var suspects: [InstitutionID] {
        let all = evidence.map(\.culprit) + unproved.map(\.claimer)
        return Set(all).sorted()
    }

    /// The prevotes of a quorum for a block in a round, where they are among the votes.
    public func proof(round: Round, block: BlockID) -> ProofOfLock? {
        var found: [Vote] = []
        var power: UInt64 = 0
        for (index, kept) in votes.enumerated() {
            let prevote = kept.first {
                $0.kind == .prevote && $0.round == round && $0.block == block
            }
            guard let prevote else { continue }
            found.append(prevote)
            power += validators.validators[index].power
        }
        guard let first = found.first, validators.isQuorum(power) else { return nil }
        return ProofOfLock(height: first.height, round: round, block: block, votes: found)
    }

    private static func isSame(_ first: Evidence, _ second: Evidence) -> Bool {
        switch (first, second) {
        case (.doubleVote(let one, _), .doubleVote(let two, _)):
            one.voter == two.voter && one.round == two.round && one.kind == two.kind
        case (.brokenLock(_, let one), .brokenLock(_, let two)):
            one.voter == two.voter && one.round == two.round
        default: false
        }
    }
}
