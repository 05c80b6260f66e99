import Consensus
import Cryptography
import Hosting
import Ledger
import Primitives
import Testing

@Suite("Votes of heights that were left")
struct LeftVotesTests {
    private static let now = Timestamp(milliseconds: Region.start.milliseconds + 5_000)
    private static let others = Region.names.dropLast()

    /// Takes every signature for a good one: this is about very many votes, not about who signs.
    private struct Credulous: Authenticator {
        let signature: Signature

        func sign(_ digest: Digest) -> Signature { signature }

        func isValid(_ signature: Signature, for digest: Digest, by key: PublicKey) -> Bool {
            true
        }
    }

    /// The regulator's host, among peers that go through round after round.
    private struct Seat {
        private let signature: Signature
        private var host: Host

        init() throws {
            signature = try Region.key("anybody").sign(.zero)
            host = try Host(
                identity: Region.id("regulator"),
                state: LedgerState(genesis: try Region().genesis), headCommit: nil,
                authenticator: Credulous(signature: signature))
            _ = host.start(now: LeftVotesTests.now)
        }

        private func vote(
            _ kind: Vote.Kind, _ height: Height, _ round: UInt32, by voter: String,
            for block: BlockID? = nil
        ) -> HostInput {
            let vote = Vote(
                kind: kind, height: height, round: Round(round), voter: Region.id(voter),
                block: block, validRound: nil, signature: signature)
            return .received(.vote(Unverified(vote)), from: Region.id(voter))
        }

        /// Leaves the height under way with an empty block, after so many rounds for none.
        mutating func leave(after rounds: UInt32, _ previous: CommitProof?) throws -> CommitProof {
            let state = host.state
            let height = state.head.height.next
            for round in 0..<rounds {
                for voter in LeftVotesTests.others {
                    for kind in [Vote.Kind.prevote, .precommit] {
                        hear(vote(kind, height, round, by: voter))
                    }
                }
            }
            let proposer = state.validators(at: height)
                .proposer(height: height, round: Round(rounds)).id
            let time = Timestamp(milliseconds: state.head.time.milliseconds + 1_000)
            let block = try state.propose(
                [], time: max(time, LeftVotesTests.now), proposer: proposer,
                commitProof: previous?.encoded
            ).executed.block
            let id = BlockID(hash: block.hash, treeRoot: block.header.treeRoot)
            let proposal = Proposal(
                height: height, round: Round(rounds), validRound: nil, blockID: id,
                block: block.encode(), signature: signature)
            hear(.received(.proposal(Unverified(proposal)), from: proposer))
            var proof: CommitProof?
            for voter in LeftVotesTests.others {
                for case .commit(let block) in hear(
                    vote(.precommit, height, rounds, by: voter, for: id))
                { proof = block.proof }
            }
            return try #require(proof)
        }

        @discardableResult
        mutating func hear(_ input: HostInput) -> [HostEffect] {
            host.step(input, now: LeftVotesTests.now)
        }

        /// How many votes of a height a peer gets; nil where they are looked for on the disk.
        mutating func given(of height: UInt64) -> Int? {
            _ = hear(.timedOut(.status))
            let effects = hear(
                .received(.votesWanted(Height(height)), from: Region.id("insurer")))
            var count = 0
            for effect in effects {
                switch effect {
                case .recallLock: return nil
                case .send(.vote, _): count += 1
                default: break
                }
            }
            return count
        }
    }

    @Test("those of many rounds are given to who asks, and the oldest go where they are too many")
    func bounded() throws {
        var seat = try Seat()
        var proof: CommitProof?
        // Six in a round, three that decide, and its own: more than 16 384 in three heights.
        for (height, kept) in [(1, [1]), (2, [1, 2]), (3, [2, 3])] as [(UInt64, [UInt64])] {
            proof = try seat.leave(after: 1_100, proof)
            for asked in 1...height {
                let given = seat.given(of: asked)
                #expect(kept.contains(asked) == (given != nil), "\(asked) after \(height)")
                #expect(given.map { $0 >= 6_603 } ?? true, "\(asked) after \(height)")
            }
        }
        // Of one round the commit proof says all.
        _ = try seat.leave(after: 0, proof)
        #expect(seat.given(of: 4) == nil)
    }
}
