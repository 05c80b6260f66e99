import Consensus
import Cryptography
import Primitives
import TestSupport
import Testing

@Suite("Votes, proposals and commit proofs as bytes")
struct MessageTests {
    static let block = Fixture.block("X").id

    static let votes = [
        Fixture.vote(.prevote, 1, 0, block, by: "a"),
        Fixture.vote(.prevote, 7, 3, block, by: "a", validRound: 2),
        Fixture.vote(.prevote, 1, 0, nil, by: "hospital-1"),
        Fixture.vote(.precommit, .max, .max, block, by: "a"),
        Fixture.vote(.precommit, 1, 24, nil, by: "a"),
    ]

    @Test("what is written is read", arguments: votes)
    func votesRoundTrip(vote: Vote) throws {
        #expect(try Vote.decode(vote.encoded[...]).claimed == vote)
    }

    @Test("proposals and proofs are read as they were written")
    func othersRoundTrip() throws {
        for validRound in [nil, 2] as [UInt32?] {
            let proposal = Fixture.proposal(9, 3, "X", by: "a", validRound: validRound)
            #expect(try Proposal.decode(proposal.encoded[...]).claimed == proposal)
        }
        let proof = Self.proof(of: ["a", "b", "c"])
        #expect(try CommitProof.decode(proof.encoded[...]).claimed == proof)
    }

    @Test("no byte of a message can be cut, added or bent out of shape")
    func hostileBytes() {
        let messages =
            Self.votes.map(\.encoded)
            + [
                Fixture.proposal(1, 2, "X", by: "a", validRound: 1).encoded,
                Self.proof(of: ["a", "b"]).encoded,
            ]
        for bytes in messages {
            for count in 0..<bytes.count {
                #expect(throws: CBORError.self) { try Self.decodeAny(bytes.prefix(count)) }
            }
            #expect(throws: CBORError.self) { try Self.decodeAny((bytes + [0])[...]) }
            var generator = SplitMix(seed: 3)
            for _ in 0..<400 {
                var bent = bytes
                bent[Int.random(in: 0..<bent.count, using: &generator)] ^= UInt8.random(
                    in: 1...255, using: &generator)
                // Whatever it says now: it is read or refused, and what is read is as written.
                if let again = try? Self.decodeAny(bent[...]) { #expect(again == bent) }
            }
        }
    }

    @Test("a valid round stands only in a prevote for a block, and below the round")
    func validRoundIsChecked() {
        let bad = [
            Fixture.vote(.precommit, 1, 3, Self.block, by: "a", validRound: 1),
            Fixture.vote(.prevote, 1, 3, nil, by: "a", validRound: 1),
            Fixture.vote(.prevote, 1, 3, Self.block, by: "a", validRound: 3),
        ]
        for vote in bad {
            #expect(throws: CBORError.self) { try Vote.decode(vote.encoded[...]) }
        }
        let proposal = Fixture.proposal(1, 2, "X", by: "a", validRound: 2)
        #expect(throws: CBORError.self) { try Proposal.decode(proposal.encoded[...]) }
    }

    @Test("another version is named, not guessed at")
    func versionsAreNamed() {
        var bytes = Self.votes[0].encoded
        bytes[1] = 2
        #expect(throws: CBORError.version(offset: 1, found: 2, supported: 1)) {
            try Vote.decode(bytes[...])
        }
    }

    @Test("voters of a proof stand in order, each once")
    func proofsAreOrdered() {
        let good = Self.proof(of: ["a", "b"])
        let twice = CommitProof(
            height: good.height, round: good.round, block: good.block,
            precommits: [good.precommits[0], good.precommits[0]])
        #expect(throws: CBORError.self) { try CommitProof.decode(twice.encoded[...]) }
    }

    static func proof(of voters: [String], round: UInt32 = 2) -> CommitProof {
        CommitProof(
            height: Height(5), round: Round(round), block: block,
            precommits: voters.map { voter in
                let vote = Fixture.vote(.precommit, 5, round, block, by: voter)
                return CommitProof.Precommit(voter: vote.voter, signature: vote.signature)
            })
    }

    private static func decodeAny(_ bytes: ArraySlice<UInt8>) throws -> [UInt8] {
        if let vote = try? Vote.decode(bytes) { return vote.claimed.encoded }
        if let proposal = try? Proposal.decode(bytes) { return proposal.claimed.encoded }
        return try CommitProof.decode(bytes).claimed.encoded
    }
}
