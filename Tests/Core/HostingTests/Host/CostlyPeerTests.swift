import Consensus
import Cryptography
import Hosting
import Ledger
import Primitives
import Records
import Testing

@Suite("A host among peers that have it check signatures")
struct CostlyPeerTests {
    /// Whoever sends without end, and often nothing of which it can be told that it is a lie.
    private static let liar = Region.id("insurer")
    private static let honest = Region.id("county-hospital")
    private static let now = Timestamp(milliseconds: Region.start.milliseconds + 5_000)

    /// The regulator's host, and what counts its checks.
    private struct Seat {
        let region: Region
        let counter: CountingAuthenticator
        var host: Host

        init(after state: LedgerState? = nil, headCommit: CommitProof? = nil) throws {
            region = try Region()
            counter = try CountingAuthenticator("regulator")
            host = try Host(
                identity: Region.id("regulator"),
                state: state ?? LedgerState(genesis: region.genesis), headCommit: headCommit,
                authenticator: counter)
            _ = host.start(now: CostlyPeerTests.now)
        }

        /// Hears a message; answers with how many checks that cost, and the effects.
        mutating func hear(
            _ message: PeerMessage, from peer: InstitutionID = CostlyPeerTests.liar
        ) -> (checks: Int, effects: [HostEffect]) {
            _ = counter.takeCount()
            let effects = host.step(.received(message, from: peer), now: CostlyPeerTests.now)
            return (counter.takeCount(), effects)
        }

        mutating func nextInterval() {
            _ = host.step(.timedOut(.status), now: CostlyPeerTests.now)
        }
    }

    private static func vote(
        _ number: Int, height: UInt64, round: UInt32 = 0, by voter: String, isForged: Bool = false
    ) throws -> PeerMessage {
        let region = try Region()
        let key = try Region.key("\(isForged ? "nobody" : voter) consensus")
        let block = BlockID(
            hash: SHA256.hash([UInt8(number & 0xff), UInt8(number >> 8)]), treeRoot: .zero)
        func with(_ signature: Signature) -> Vote {
            Vote(
                kind: .prevote, height: Height(height), round: Round(round),
                voter: Region.id(voter), block: block, validRound: nil, signature: signature)
        }
        let own = try Region.key("\(voter) consensus")
        let digest = SigningBytes(ledger: region.genesis.ledger).digest(
            of: with(key.sign(.zero)), key: own.keyID)
        return .vote(Unverified(with(key.sign(digest))))
    }

    @Test("what a block ahead of its time may explain is checked so often, and again next time")
    func forgedVotesOfTheNextHeight() throws {
        var seat = try Seat()
        func flood() throws -> (checks: Int, drops: Int, reports: Int) {
            var (checks, drops, reports) = (0, 0, 0)
            for number in 0..<200 {
                let heard = seat.hear(
                    try Self.vote(number, height: 2, by: "city-hospital", isForged: true))
                checks += heard.checks
                for effect in heard.effects {
                    if case .drop = effect { drops += 1 }
                    if case .report = effect { reports += 1 }
                }
            }
            return (checks, drops, reports)
        }
        #expect(try flood() == (64, 0, 1))
        let other = seat.hear(
            try Self.vote(1, height: 2, by: "city-hospital"), from: Self.honest)
        #expect(other.checks == 1, "others are heard")
        let present = seat.hear(try Self.vote(1, height: 1, by: "insurer"))
        #expect(present.checks == 1, "and of the height under way it is, too")
        #expect(try flood() == (0, 0, 0))
        seat.nextInterval()
        #expect(try flood() == (64, 0, 0))
    }

    /// A block of height 2 that the insurer, whose turn it is, proposes; or somebody who is not.
    private static func proposal(_ number: Int, isForged: Bool = true) throws -> PeerMessage {
        let region = try Region()
        let header = BlockHeader(
            ledger: region.genesis.ledger, height: Height(2),
            time: Timestamp(milliseconds: now.milliseconds + Int64(number)), proposer: liar,
            previous: .zero, batchesRoot: Block.batchesRoot([]), treeSize: 0, treeRoot: .zero,
            stateRoot: .zero, nextValidators: .zero, active: .zero,
            previousCommit: Block.commitDigest(nil))
        let block = Block(header: header, batches: [], commitProof: nil)
        let own = try Region.key("insurer consensus")
        func with(_ signature: Signature) -> Proposal {
            Proposal(
                height: Height(2), round: .zero, validRound: nil,
                blockID: BlockID(hash: block.hash, treeRoot: header.treeRoot),
                block: block.encode(), signature: signature)
        }
        let digest = SigningBytes(ledger: region.genesis.ledger).digest(
            of: with(own.sign(.zero)), key: own.keyID)
        let key = isForged ? try Region.key("nobody") : own
        return .proposal(Unverified(with(key.sign(digest))))
    }

    @Test("proposals ahead of their time are checked so often, and no others are kept out")
    func forgedProposalsOfTheNextHeight() throws {
        var seat = try Seat()
        func flood() throws -> (checks: Int, drops: Int, reports: Int) {
            var (checks, drops, reports) = (0, 0, 0)
            for number in 0..<200 {
                let heard = seat.hear(try Self.proposal(number))
                checks += heard.checks
                for effect in heard.effects {
                    if case .drop = effect { drops += 1 }
                    if case .report = effect { reports += 1 }
                }
            }
            return (checks, drops, reports)
        }
        #expect(try flood() == (64, 0, 1))
        let vote = try Self.vote(1, height: 2, by: "city-hospital", isForged: true)
        #expect(seat.hear(vote).checks == 0, "what is checked in vain is counted together")
        #expect(try flood() == (0, 0, 0))
        seat.nextInterval()
        #expect(try flood() == (64, 0, 0))
        // Another hands on the true one, which is kept: after it none is worth a look.
        let honest = seat.hear(try Self.proposal(1, isForged: false), from: Self.honest)
        #expect(honest.checks == 1)
        seat.nextInterval()
        #expect(try flood() == (0, 0, 0))
    }

    @Test("batches under no key of today are checked so often, and no others are kept out")
    func batchesUnderOtherKeys() throws {
        var seat = try Seat()
        func batch(_ issuer: String, _ number: Int) throws -> [UInt8] {
            try seat.region.batch(
                issuer, first: 1, entries: [Region.entry(issuer, 1, salt: "\(number)")])
        }
        var (checks, drops) = (0, 0)
        for number in 0..<200 {
            var forged = try batch("insurer", number)
            let signed = try UnverifiedBatch(decoding: forged).signedHeader
            let place = try #require(forged.firstRange(of: Array(signed)))
            forged[place.upperBound - 1] ^= 1
            let heard = seat.hear(.batch(forged))
            checks += heard.checks
            for case .drop in heard.effects { drops += 1 }
        }
        #expect(checks == 64 && drops == 0)
        #expect(seat.host.mempool.entryCount == 0)
        _ = seat.hear(.batch(try batch("city-hospital", 1)), from: Self.honest)
        #expect(seat.host.mempool.entryCount == 1)
    }

    @Test("entries that are not those which were signed name who sent them")
    func batchesWithOtherEntries() throws {
        var seat = try Seat()
        let entries = [Region.entry("insurer", 1)]
        let bytes = try seat.region.batch("insurer", first: 1, entries: entries)
        let at = try #require(bytes.firstRange(of: entries[0])).lowerBound + entries[0].count - 1
        var changed = bytes
        changed[at] ^= 1
        for (bytes, isNamed) in [(changed, true), (bytes, false)] {
            var drops = 0
            for case .drop(Self.liar, _) in seat.hear(.batch(bytes)).effects { drops += 1 }
            #expect(drops == (isNamed ? 1 : 0))
        }
    }

    @Test("what is on the ledger already is told again, and costs nothing to hear")
    func committedBatches() throws {
        var world = try HostWorld()
        world.clientsAreBusy = false
        world.submitEntry(at: 0)
        #expect(world.run(for: 2_000) { $0.heights.allSatisfy { $0 == 1 } })
        let commit = try #require(world.nodes[3].disk.commits.last)
        let batch = try #require(commit.executed.batches.first)
        var seat = try Seat(
            after: try #require(world.nodes[3].host).state, headCommit: commit.proof)
        #expect(seat.hear(.batch(batch.bytes)).checks == 0)
        let next = try seat.region.batch(
            "city-hospital", first: 2, entries: [Region.entry("city-hospital", 2)])
        #expect(seat.hear(.batch(next)).checks == 1)
    }

    @Test("evidence that waits here costs nothing to hear, and worthless evidence a bounded time")
    func evidenceAgain() throws {
        var seat = try Seat()
        let votes = try [1, 2].map { number -> Vote in
            guard case .vote(let vote) = try Self.vote(number, height: 1, by: "insurer") else {
                throw CancellationError()
            }
            return vote.claimed
        }
        let body = EvidenceBody(.doubleVote(votes[0], votes[1]))
        #expect(seat.hear(.evidence(body), from: Self.honest).checks == 2)
        #expect(seat.hear(.evidence(body)).checks == 0)
        var checks = 0
        for number in 3..<203 {
            // Another pair of the same offence, which is known.
            guard case .vote(let vote) = try Self.vote(number, height: 1, by: "insurer") else {
                continue
            }
            let again = EvidenceBody(.doubleVote(votes[0], vote.claimed))
            checks += seat.hear(.evidence(again)).checks
        }
        #expect(checks == 2 * 64)
    }

    @Test("a proof of lock that is said to be evidence costs nothing to hear, however long it is")
    func proofsAsEvidence() throws {
        var seat = try Seat()
        let votes = try ["city-hospital", "county-hospital", "insurer"].map { name -> Vote in
            guard case .vote(let vote) = try Self.vote(1, height: 1, by: name) else {
                throw CancellationError()
            }
            return vote.claimed
        }
        let proof = ProofOfLock(
            height: Height(1), round: .zero, block: try #require(votes[0].block), votes: votes)
        let body = EvidenceBody(proof, claimedBy: Self.liar)
        #expect(throws: Never.self) { try seat.host.state.check(body) }
        let heard = seat.hear(.evidence(body))
        #expect(heard.checks == 0 && heard.effects.isEmpty)
    }

    @Test("one that votes in round after round to come is kept, checked and logged so far")
    func votesOfRoundsToCome() throws {
        var seat = try Seat()
        var (checks, logged) = (0, 0)
        for round in 10..<300 as Range<UInt32> {
            let heard = seat.hear(try Self.vote(1, height: 1, round: round, by: "insurer"))
            checks += heard.checks
            for case .appendLog in heard.effects { logged += 1 }
        }
        #expect(checks == 68 && logged == 68)
        // What was kept of it still moves this replica, with one honest replica beside it.
        _ = seat.hear(
            try Self.vote(1, height: 1, round: 5, by: "county-hospital"), from: Self.honest)
        #expect(seat.host.replica.status.round == Round(5))
        let again = seat.hear(try Self.vote(1, height: 1, round: 300, by: "insurer"))
        #expect(again.checks == 1, "and in the next round there is room again")
    }

    @Test("a vote for which there is no room costs no check, whoever signed it")
    func noRoomNoCheck() throws {
        var seat = try Seat()
        for round in 10..<14 as Range<UInt32> {
            _ = seat.hear(try Self.vote(1, height: 1, round: round, by: "insurer"))
        }
        let heard = seat.hear(
            try Self.vote(1, height: 1, round: 9, by: "insurer", isForged: true))
        #expect(heard.checks == 0 && heard.effects.isEmpty)
    }

    @Test("comparisons whose reading came to nothing give their room back")
    func lostComparisons() throws {
        var world = try HostWorld()
        world.clientsAreBusy = false
        world.submitEntry(at: 0)
        #expect(world.run(for: 2_000) { $0.heights.allSatisfy { $0 == 1 } })
        let commit = try #require(world.nodes[3].disk.commits.last)
        var seat = try Seat(
            after: try #require(world.nodes[3].host).state, headCommit: commit.proof)
        func compares(_ number: Int) throws -> Bool {
            let batch = try seat.region.batch(
                "city-hospital", first: 1,
                entries: [Region.entry("city-hospital", 1, salt: "\(number)")])
            return seat.hear(.batch(batch)).effects.contains { effect in
                if case .readBatches = effect { true } else { false }
            }
        }
        for number in 0..<16 { #expect(try compares(number)) }
        #expect(try !compares(16))
        seat.nextInterval()
        #expect(try compares(16))
    }
}
