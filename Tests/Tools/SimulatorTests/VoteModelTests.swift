import Simulator
import Testing

/// The steps that runs are held against are those that Spin has exhausted.
@Suite("The model of votes")
struct VoteModelTests {
    typealias Model = VoteModel<Int>
    typealias Vote = Model.Vote

    /// `./custos.sh campaign model ROUNDS` prints the same numbers: "states, stored".
    @Test("has as many states as docs/model/consensus.pml", arguments: [(1, 125), (2, 8_961)])
    func statesAreSpins(rounds: UInt32, count: Int) {
        var seen: Set<Model> = [Model(powers: [1, 1, 1], faulty: 1)]
        var fresh = Array(seen)
        var forks = 0
        while let model = fresh.popLast() {
            if model.decided.count > 1 { forks += 1 }
            for next in Self.successors(of: model, rounds: rounds)
            where seen.insert(next).inserted {
                fresh.append(next)
            }
        }
        #expect(seen.count == count)
        #expect(forks == 0)
    }

    private static func successors(of model: Model, rounds: UInt32) -> [Model] {
        var next: [Model] = []
        for replica in 0..<3 {
            for round in 0..<rounds {
                for kind in [Model.Kind.prevote, .precommit] {
                    for value in 1...2 {
                        var other = model
                        guard (try? other.cast(Vote(kind, round: round, value), by: replica)) != nil
                        else { continue }
                        next.append(other)
                    }
                }
            }
        }
        return next
    }

    struct Case: Sendable {
        let name: String
        /// Replica and vote; all but the last are steps.
        let votes: [(Int, Vote)]
        let refusal: Model.Refusal?
    }

    /// Replicas 0 and 1 with the faulty one prevote 7 in round 0, and 0 precommits it.
    private static let locked: [(Int, Vote)] = [
        (0, Vote(.prevote, round: 0, 7)), (1, Vote(.prevote, round: 0, 7)),
        (0, Vote(.precommit, round: 0, 7)),
    ]

    static let cases = [
        Case(
            name: "a precommit without prevotes", votes: [(0, Vote(.precommit, round: 0, 7))],
            refusal: .noQuorumOfPrevotes),
        Case(
            name: "a second vote of a step",
            votes: [(0, Vote(.prevote, round: 0, 7)), (0, Vote(.prevote, round: 0, nil))],
            refusal: .outOfTurn(last: Vote(.prevote, round: 0, 7))),
        Case(
            name: "a vote in a round that was left",
            votes: [(0, Vote(.prevote, round: 2, nil)), (0, Vote(.prevote, round: 1, 7))],
            refusal: .outOfTurn(last: Vote(.prevote, round: 2, nil))),
        Case(
            name: "another value than the locked one",
            votes: locked + [(0, Vote(.prevote, round: 1, 8))],
            refusal: .locked(Vote(.precommit, round: 0, 7))),
        Case(
            name: "the locked value again", votes: locked + [(0, Vote(.prevote, round: 1, 7))],
            refusal: nil),
        Case(
            name: "another value that a later round proves",
            votes: locked + [
                (1, Vote(.prevote, round: 1, 8)), (2, Vote(.prevote, round: 1, 8)),
                (0, Vote(.prevote, round: 2, 8)),
            ], refusal: nil),
        Case(
            name: "the same vote again", votes: locked + [(0, Vote(.precommit, round: 0, 7))],
            refusal: nil),
    ]

    @Test("allows what the protocol does, and nothing else", arguments: cases)
    func allows(row: Case) throws {
        var model = Model(powers: [1, 1, 1], faulty: 1)
        for (replica, vote) in row.votes.dropLast() { try model.cast(vote, by: replica) }
        let (replica, vote) = try #require(row.votes.last)
        var refusal: Model.Refusal?
        do throws(Model.Refusal) { try model.cast(vote, by: replica) } catch { refusal = error }
        #expect(refusal == row.refusal, "\(row.name)")
    }

    @Test("a decision needs its precommits, whatever the powers")
    func decides() throws {
        var model = Model(powers: [3, 1, 1], faulty: 2)
        for replica in 0..<2 { try model.cast(Vote(.prevote, round: 0, 7), by: replica) }
        try model.cast(Vote(.precommit, round: 0, 7), by: 1)
        #expect(throws: Model.Refusal.noQuorumOfPrecommits) { try model.decide(7, in: 0) }
        try model.cast(Vote(.precommit, round: 0, 7), by: 0)
        #expect(throws: Never.self) { try model.decide(7, in: 0) }
    }
}
