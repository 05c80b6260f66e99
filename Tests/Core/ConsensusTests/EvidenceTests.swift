import Consensus
import Cryptography
import Primitives
import Testing

@Suite("Evidence")
struct EvidenceTests {
    private static let validators = Fixture.validators([("a", 1), ("b", 1), ("c", 1), ("d", 1)])
    private static let one = Fixture.block("one").id
    private static let two = Fixture.block("two").id

    /// Two votes of d, and whether no honest replica signs both.
    struct Pair: CustomTestStringConvertible, Sendable {
        let first: Vote
        let second: Vote
        let convicts: Bool

        var testDescription: String { "\(first) and \(second)" }

        init(
            _ first: (Vote.Kind, UInt32, BlockID?, UInt32?),
            _ second: (Vote.Kind, UInt32, BlockID?, UInt32?), convicts: Bool
        ) {
            func vote(_ parts: (Vote.Kind, UInt32, BlockID?, UInt32?)) -> Vote {
                Fixture.vote(parts.0, 5, parts.1, parts.2, by: "d", validRound: parts.3)
            }
            self.first = vote(first)
            self.second = vote(second)
            self.convicts = convicts
        }
    }

    static let pairs = [
        Pair((.prevote, 1, one, nil), (.prevote, 1, two, nil), convicts: true),
        Pair((.prevote, 1, one, nil), (.prevote, 1, nil, nil), convicts: true),
        Pair((.prevote, 1, one, nil), (.prevote, 1, one, 0), convicts: true),
        Pair((.precommit, 1, one, nil), (.precommit, 1, nil, nil), convicts: true),
        Pair((.precommit, 1, one, nil), (.prevote, 2, two, nil), convicts: true),
        Pair((.precommit, 1, one, nil), (.prevote, 2, two, 0), convicts: true),
        // A valid round at or after the lock may have moved it.
        Pair((.precommit, 1, one, nil), (.prevote, 2, two, 1), convicts: false),
        Pair((.precommit, 1, one, nil), (.prevote, 3, two, 2), convicts: false),
        // The same block, nothing, other rounds, an earlier prevote: all of it honest.
        Pair((.precommit, 1, one, nil), (.prevote, 2, one, nil), convicts: false),
        Pair((.precommit, 1, one, nil), (.prevote, 2, nil, nil), convicts: false),
        Pair((.precommit, 1, nil, nil), (.prevote, 2, two, nil), convicts: false),
        Pair((.precommit, 2, one, nil), (.prevote, 1, two, nil), convicts: false),
        Pair((.prevote, 1, one, nil), (.prevote, 2, two, nil), convicts: false),
        Pair((.prevote, 1, one, nil), (.prevote, 1, one, nil), convicts: false),
        Pair((.prevote, 1, one, nil), (.precommit, 1, two, nil), convicts: false),
    ]

    @Test("convicts of what no honest replica signs, and of nothing else", arguments: pairs)
    func convicts(pair: Pair) throws {
        for (vote, other) in [(pair.first, pair.second), (pair.second, pair.first)] {
            let evidence = Evidence(vote, beside: other)
            #expect((evidence != nil) == pair.convicts)
            guard let evidence else { continue }
            #expect(evidence.culprit == Fixture.id("d"))
            let verified = try Self.validators.verify(
                Unverified(evidence), with: SigningBytes(ledger: Fixture.ledger),
                by: Fixture.authenticator("a"))
            #expect(verified.message == evidence)
        }
    }

    @Test("is refused where a signature does not hold, or nothing contradicts")
    func refusesForged() {
        let first = Fixture.vote(.precommit, 5, 1, Self.one, by: "d")
        let own = Fixture.vote(.precommit, 5, 1, Self.two, by: "a")
        let forged = Vote(
            kind: own.kind, height: own.height, round: own.round, voter: Fixture.id("d"),
            block: own.block, validRound: nil, signature: own.signature)
        #expect(
            verdict(.doubleVote(first, forged))
                == .signatureInvalid(by: Fixture.id("d"), what: "precommit"))
        #expect(verdict(.doubleVote(first, own)) == .noContradiction)
        #expect(verdict(.doubleVote(first, first)) == .noContradiction)
        let proposal = Fixture.proposal(5, 1, "one", by: "d")
        let other = Fixture.proposal(5, 1, "two", by: "d")
        let turn = Self.validators.proposer(height: Height(5), round: Round(1)).id.name
        let innocent = ["a", "b", "c", "d"].first { $0 != turn } ?? "a"
        #expect(
            verdict(.doubleProposal(Fixture.id(innocent), proposal, other))
                == .notAValidator(Fixture.id(innocent)))
    }

    private func verdict(_ evidence: Evidence) -> ConsensusError? {
        do throws(ConsensusError) {
            _ = try Self.validators.verify(
                Unverified(evidence), with: SigningBytes(ledger: Fixture.ledger),
                by: Fixture.authenticator("a"))
            return nil
        } catch {
            return error
        }
    }

    @Test("a claimed valid round is suspect until the votes prove it")
    func unprovedUntilProved() throws {
        var accounting = Accounting(Self.validators)
        func add(_ vote: Vote) throws {
            accounting.add(
                try Self.validators.verify(
                    Unverified(vote), with: SigningBytes(ledger: Fixture.ledger),
                    by: Fixture.authenticator("a")))
        }
        try add(Fixture.vote(.prevote, 5, 2, Self.one, by: "d", validRound: 0))
        #expect(accounting.suspects == [Fixture.id("d")])
        #expect(accounting.evidence.isEmpty)
        for name in ["a", "b"] { try add(Fixture.vote(.prevote, 5, 0, Self.one, by: name)) }
        #expect(accounting.suspects == [Fixture.id("d")])
        try add(Fixture.vote(.prevote, 5, 0, Self.one, by: "c"))
        #expect(accounting.suspects.isEmpty)
        let proof = try #require(accounting.proof(round: .zero, block: Self.one))
        let read = try ProofOfLock.decode(proof.encoded[...])
        #expect(read.claimed == proof)
        _ = try Self.validators.verify(
            read, with: SigningBytes(ledger: Fixture.ledger), by: Fixture.authenticator("a"))
        let weak = ProofOfLock(
            height: proof.height, round: proof.round, block: proof.block,
            votes: Array(proof.votes.prefix(2)))
        #expect(throws: ConsensusError.notEnoughPower(found: 2, total: 4)) {
            try Self.validators.verify(
                Unverified(weak), with: SigningBytes(ledger: Fixture.ledger),
                by: Fixture.authenticator("a"))
        }
    }
}
