import Consensus
import Cryptography
import Hosting
import Ledger
import Primitives
import Records
import Testing

@Suite("Bodies that a host waits for")
struct WaitingBodiesTests {
    /// What the host hears of the block before the bodies come.
    enum Heard: CaseIterable, Sendable {
        case proposalOnly, proposalThenVotes, votesThenProposal
        /// The proposal and the bodies in an earlier life, whose log has lost these; and the votes.
        case votesAfterLoss

        var isDecided: Bool { self != .proposalOnly }
    }

    /// The regulator's host, and a first block of four batches that it has none of.
    private struct Seat {
        static let now = Timestamp(milliseconds: Region.start.milliseconds + 5_000)

        let region: Region
        let bodies: [[UInt8]]
        let digests: [Digest]
        let block: Block
        let proposer: String
        var host: Host

        init() throws {
            let region = try Region()
            let state = LedgerState(genesis: region.genesis)
            let bodies = try Region.names.map { name in
                try region.batch(name, first: 1, entries: [Region.entry(name, 1)])
            }
            let batches = try bodies.map { body in
                try UnverifiedBatch(decoding: body).verify(against: state)
            }
            let first = state.validators(at: Height(1)).proposer(height: Height(1), round: .zero)
            block = try state.propose(
                batches, time: Self.now, proposer: first.id, commitProof: nil
            ).executed.block
            (self.region, self.bodies) = (region, bodies)
            digests = batches.map(\.digest)
            proposer = first.id.name
            host = try region.host("regulator")
            _ = host.start(now: Self.now)
        }

        /// Hears of the block; answers with the effects.
        mutating func hear(_ what: Heard) throws -> [HostEffect] {
            let proposal = HostInput.received(
                .proposal(Unverified(try proposal())), from: Region.id(proposer))
            let votes = try Region.names.dropLast().map { name in
                HostInput.received(.vote(Unverified(try precommit(name))), from: Region.id(name))
            }
            switch what {
            case .proposalOnly: return hear([proposal])
            case .proposalThenVotes: return hear([proposal] + votes)
            case .votesThenProposal: return hear(votes + [proposal])
            case .votesAfterLoss:
                try beginAgain(after: hear([proposal] + bodies.map(brought)))
                return hear(votes)
            }
        }

        /// Starts anew with what an earlier life wrote down, but for the bodies.
        private mutating func beginAgain(after effects: [HostEffect]) throws {
            var log: [HostRecord] = []
            var signed: SignedState?
            for effect in effects {
                switch effect {
                case .appendLog(.replica(let record)): log.append(.replica(record))
                case .persist(let state): signed = state
                default: break
                }
            }
            host = try region.host("regulator", signed: signed, log: log)
            _ = host.start(now: Self.now)
        }

        private func brought(_ body: [UInt8]) -> HostInput {
            .received(.batch(body), from: Region.id(proposer))
        }

        mutating func hear(_ inputs: [HostInput]) -> [HostEffect] {
            inputs.flatMap { host.step($0, now: Self.now) }
        }

        private var id: BlockID {
            BlockID(hash: block.hash, treeRoot: block.header.treeRoot)
        }

        private func proposal() throws -> Proposal {
            let key = try Region.key("\(proposer) consensus")
            func with(_ signature: Signature) -> Proposal {
                Proposal(
                    height: Height(1), round: .zero, validRound: nil, blockID: id,
                    block: block.encode(), signature: signature)
            }
            let digest = SigningBytes(ledger: region.genesis.ledger).digest(
                of: with(key.sign(.zero)), key: key.keyID)
            return with(key.sign(digest))
        }

        private func precommit(_ voter: String) throws -> Vote {
            let key = try Region.key("\(voter) consensus")
            func with(_ signature: Signature) -> Vote {
                Vote(
                    kind: .precommit, height: Height(1), round: .zero, voter: Region.id(voter),
                    block: id, validRound: nil, signature: signature)
            }
            let digest = SigningBytes(ledger: region.genesis.ledger).digest(
                of: with(key.sign(.zero)), key: key.keyID)
            return with(key.sign(digest))
        }
    }

    /// The bodies that are asked for, of whomever.
    private static func asked(_ effects: [HostEffect]) -> [Digest] {
        effects.flatMap { effect -> [Digest] in
            switch effect {
            case .broadcast(.batchesWanted(let digests)), .send(.batchesWanted(let digests), _):
                digests
            default: []
            }
        }
    }

    /// Whether a block is applied, or is voted for by who has not heard of its decision.
    private static func goesOn(_ effects: [HostEffect], _ seat: Seat) -> Bool {
        effects.contains { effect in
            switch effect {
            case .commit(let block): block.executed.block.hash == seat.block.hash
            case .broadcast(.vote(let vote)): vote.claimed.block?.hash == seat.block.hash
            default: false
            }
        }
    }

    @Test(
        "a block goes on with the last body that comes, and nobody is asked for one that came",
        arguments: Heard.allCases)
    func oneByOne(heard: Heard) throws {
        for order in [[0, 1, 2, 3], [3, 1, 0, 2], [2, 3, 1, 0]] {
            var seat = try Seat()
            #expect(Set(Self.asked(try seat.hear(heard))) == Set(seat.digests))
            var missing = Set(seat.digests)
            for (turn, place) in order.enumerated() {
                #expect(seat.host.state.head.height == .genesis)
                let (body, peers) = (seat.bodies[place], Region.names.dropLast())
                missing.remove(seat.digests[place])
                // One is handed in here; the others come from a peer each, and then from another.
                let inputs: [HostInput] =
                    turn == 2
                    ? [.submitted(batch: body, token: 7)]
                    : [turn, turn + 1].map {
                        .received(.batch(body), from: Region.id(peers[$0 % peers.count]))
                    }
                let effects = seat.hear(inputs)
                #expect(Self.goesOn(effects, seat) == missing.isEmpty, "\(order) \(turn)")
                #expect(Self.asked(effects).isEmpty, "\(order) \(turn)")
                let later = seat.hear([.timedOut(.status)])
                #expect(Self.asked(later).sorted() == missing.sorted(), "\(order) \(turn)")
                for case .send(.blockWanted, _) in effects + later {
                    Issue.record("block sync was asked: \(order) \(turn)")
                }
            }
            let head = seat.host.state.head
            #expect(head.height == (heard.isDecided ? Height(1) : .genesis))
            #expect(!heard.isDecided || head.hash == seat.block.hash)
        }
    }
}
