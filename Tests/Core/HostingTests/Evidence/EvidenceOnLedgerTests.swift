import Consensus
import Cryptography
import Hosting
import Ledger
import Primitives
import Records
import Testing

@Suite("Evidence on the ledger")
struct EvidenceOnLedgerTests {
    private static let culprit = "insurer"

    /// A vote at a height under the voter's own key.
    private static func vote(
        _ kind: Vote.Kind, _ height: Height, _ round: UInt32, _ block: String?,
        validRound: UInt32? = nil, in region: Region, by voter: String = culprit
    ) throws -> Vote {
        let key = try Region.key("\(voter) consensus")
        let id = block.map {
            BlockID(hash: SHA256.hash([UInt8]($0.utf8)), treeRoot: SHA256.hash([1]))
        }
        func with(_ signature: Signature) -> Vote {
            Vote(
                kind: kind, height: height, round: Round(round), voter: Region.id(voter),
                block: id, validRound: validRound.map(Round.init), signature: signature)
        }
        let unsigned = with(key.sign(.zero))
        let digest = SigningBytes(ledger: region.genesis.ledger).digest(
            of: unsigned, key: key.keyID)
        return with(key.sign(digest))
    }

    /// Entries of evidence on a node's disk, in order.
    private static func anchored(_ world: HostWorld, _ node: Int) -> [EvidenceBody] {
        world.nodes[node].disk.commits.flatMap { commit in
            commit.executed.batches.flatMap(\.entries).compactMap { entry in
                guard case .evidence(let body) = entry.body else { return nil }
                return body
            }
        }
    }

    private static func settled() throws -> HostWorld {
        var world = try HostWorld()
        world.clientsAreBusy = false
        world.submitEntry(at: 0)
        let isThere = world.run(for: 3_000) { $0.heights.allSatisfy { $0 >= 1 } }
        #expect(isThere)
        return world
    }

    @Test("two votes of one step, told to one node, come to stand on every ledger, once")
    func doubleVote() throws {
        var world = try Self.settled()
        let height = Height(UInt64(world.heights[0]) + 1)
        for block in ["x", "y"] {
            let vote = try Self.vote(.precommit, height, 0, block, in: world.region)
            world.step(0, .received(.vote(Unverified(vote)), from: Region.id(Self.culprit)))
        }
        world.run(for: 40_000) { world in
            world.nodes.indices.allSatisfy { !Self.anchored(world, $0).isEmpty }
        }
        world.run(for: 20_000) { _ in false }
        #expect(world.problems + world.drops == [])
        for node in world.nodes.indices {
            let bodies = Self.anchored(world, node)
            #expect(bodies.map(\.kind) == [.doubleVote], "\(world.nodes[node].name)")
            #expect(bodies.first?.about == Region.id(Self.culprit))
            // Gossip has told everybody, and the ledger has made all of them forget.
            #expect(world.nodes[node].disk.kept.contains { $0.kind == .doubleVote })
            #expect(world.nodes[node].host?.evidence.items.isEmpty == true)
        }
        let state = try #require(world.nodes[0].host?.state)
        let offence = try state.check(try #require(Self.anchored(world, 0).first))
        #expect(state.evidence(of: offence)?.institution == Region.id(Self.culprit))
    }

    @Test("it is anchored after a crash of who found it, from what was kept")
    func survivesCrash() throws {
        var world = try Self.settled()
        let height = Height(UInt64(world.heights[3]) + 1)
        world.cutOff = [3]
        for block in ["x", "y"] {
            let vote = try Self.vote(.precommit, height, 0, block, in: world.region)
            world.step(3, .received(.vote(Unverified(vote)), from: Region.id(Self.culprit)))
        }
        world.crash(3)
        world.cutOff = []
        world.boot(3)
        let isThere = world.run(for: 60_000) { world in
            world.nodes.indices.allSatisfy { !Self.anchored(world, $0).isEmpty }
        }
        #expect(isThere)
        #expect(world.problems + world.drops == [])
    }

    @Test("a claim of a valid round that nobody proves is asked about, kept and anchored")
    func unprovedLock() throws {
        var world = try Self.settled()
        world.crash(2)
        // Without proposals rounds pass, and votes of a later round are looked at.
        world.tamper = { message, _, _ in
            if case .proposal = message { nil } else { message }
        }
        world.submitEntry(at: 0)
        let isLate = world.run(for: 20_000) {
            $0.nodes[0].host?.replica.status.round.number ?? 0 > 2
        }
        #expect(isLate)
        let status = try #require(world.nodes[0].host?.replica.status)
        let vote = try Self.vote(
            .prevote, status.height, status.round.number, "never seen", validRound: 0,
            in: world.region)
        world.step(0, .received(.vote(Unverified(vote)), from: Region.id(Self.culprit)))
        world.tamper = nil
        let isThere = world.run(for: 60_000) { world in
            [0, 1, 3].allSatisfy { !Self.anchored(world, $0).isEmpty }
        }
        #expect(isThere)
        let state = try #require(world.nodes[0].host?.state)
        let body = try #require(Self.anchored(world, 0).first)
        #expect(body.kind == .unprovedLock && body.about == Region.id(Self.culprit))
        let record = state.evidence(of: try state.check(body))
        #expect(record != nil && record?.answer == nil)
        #expect(world.convictions.isEmpty, "a demand convicts nobody")
        #expect(world.problems + world.drops == [])
    }

    @Test("who can prove a claim answers who asks, and answers on the ledger what stands there")
    func answersDemands() throws {
        var world = try Self.settled()
        let height = Height(1)
        let votes = try ["city-hospital", "county-hospital", "regulator"].map {
            try Self.vote(.prevote, height, 0, "seen", in: world.region, by: $0)
        }
        let block = try #require(votes[0].block)
        let proof = ProofOfLock(height: height, round: .zero, block: block, votes: votes)
        world.crash(2)
        world.nodes[2].disk.kept = [EvidenceBody(proof, claimedBy: Region.id(Self.culprit))]
        world.boot(2)
        let claim = try Self.vote(.prevote, height, 1, "seen", validRound: 0, in: world.region)
        let demand = EvidenceBody(unanswered: .vote(claim))
        // A peer that tells of the demand is answered, and nothing is kept.
        world.step(2, .received(.evidence(demand), from: Region.id("regulator")))
        #expect(world.nodes[2].disk.kept.count == 1)
        world.anchor(.evidence(demand), at: 3)
        let isThere = world.run(for: 30_000) { world in
            world.nodes.indices.allSatisfy { Self.anchored(world, $0).count == 2 }
        }
        #expect(isThere)
        #expect(Self.anchored(world, 0).map(\.kind) == [.unprovedLock, .proofOfLock])
        let state = try #require(world.nodes[0].host?.state)
        #expect(state.evidence(of: try state.check(demand))?.answer != nil)
        #expect(world.problems + world.drops == [])
    }

    @Test("forged evidence drops who sent it, and is kept nowhere")
    func forged() throws {
        var world = try Self.settled()
        let height = Height(UInt64(world.heights[0]) + 1)
        let first = try Self.vote(.precommit, height, 0, "x", in: world.region)
        let second = try Self.vote(.precommit, height, 0, "y", in: world.region)
        let about = Region.id("regulator")
        let bodies = [
            EvidenceBody(
                kind: .doubleVote, about: about, first: first.encoded, second: second.encoded),
            EvidenceBody(
                kind: .doubleVote, about: Region.id(Self.culprit), first: first.encoded,
                second: first.encoded),
            EvidenceBody(kind: .brokenLock, about: about, first: [1], second: [2]),
            EvidenceBody(kind: .doubleEntry, about: about, first: [], second: []),
        ]
        for body in bodies {
            let before = world.drops.count
            world.step(1, .received(.evidence(body), from: Region.id("county-hospital")))
            #expect(world.drops.count == before + 1, "\(body.kind)")
        }
        #expect(world.nodes[1].disk.kept.isEmpty)
        #expect(world.problems == [])
    }

    @Test("who offends without end takes no place from evidence against others, and is counted")
    func placesOfTheAccused() throws {
        var world = try Self.settled()
        world.cutOff = [0, 1, 2, 3]
        let height = Height(UInt64(world.heights[1]) + 1)
        func offence(_ round: UInt32, by voter: String) throws -> EvidenceBody {
            let votes = try ["x", "y"].map {
                try Self.vote(.precommit, height, round, $0, in: world.region, by: voter)
            }.sorted { $0.encoded.lexicographicallyPrecedes($1.encoded) }
            return EvidenceBody(.doubleVote(votes[0], votes[1]))
        }
        var told = 0
        func learn(_ body: EvidenceBody) {
            let clock = Timestamp(milliseconds: world.now)
            let input = HostInput.received(.evidence(body), from: Region.id("county-hospital"))
            for case .report(let text) in world.nodes[1].host?.step(input, now: clock) ?? []
            where text.contains("finds no place") { told += 1 }
        }
        for round in 0..<20 as Range<UInt32> {
            learn(try offence(round, by: Self.culprit))
        }
        learn(try offence(0, by: "regulator"))
        let pool = try #require(world.nodes[1].host).evidence
        #expect(pool.items.count { $0.offence.institution == Region.id(Self.culprit) } == 16)
        #expect(pool.items.count { $0.offence.institution == Region.id("regulator") } == 1)
        #expect(pool.dropped == [Region.id(Self.culprit): 4] && told == 1)
        let why = try #require(world.nodes[1].host).why(connected: [])
        #expect(why.contains("evidence of 4 offences of insurer found no place here"))
    }

    @Test("a proof that is kept on the disk alone is found there, for a peer and for the ledger")
    func recallsProofs() throws {
        var world = try Self.settled()
        let height = Height(1)
        func proof(_ block: String) throws -> ProofOfLock {
            let votes = try ["city-hospital", "county-hospital", "regulator"].map {
                try Self.vote(.prevote, height, 0, block, in: world.region, by: $0)
            }
            return ProofOfLock(
                height: height, round: .zero, block: try #require(votes[0].block), votes: votes)
        }
        world.crash(2)
        // More than a replica has at hand; the first is on the disk alone.
        world.nodes[2].disk.kept = try (0..<300).map {
            EvidenceBody(try proof("seen \($0)"), claimedBy: Region.id(Self.culprit))
        }
        world.boot(2)
        let first = try proof("seen 0")
        let clock = Timestamp(milliseconds: world.now)
        let asked =
            world.nodes[2].host?.step(
                .received(.lockWanted(height, .zero, first.block), from: Region.id("regulator")),
                now: clock) ?? []
        guard case .recallLock(let question) = asked.first else {
            Issue.record("nothing is looked for: \(asked)")
            return
        }
        let found = try #require(world.nodes[2].disk.locks(question).first)
        let answered = world.nodes[2].host?.step(.lockRecalled(found, for: question), now: clock)
        guard case .send(.lock(let sent), let peer) = answered?.first else {
            Issue.record("no answer: \(answered ?? [])")
            return
        }
        #expect(sent.claimed == first && peer == Region.id("regulator"))
        let claim = try Self.vote(.prevote, height, 1, "seen 0", validRound: 0, in: world.region)
        world.anchor(.evidence(EvidenceBody(unanswered: .vote(claim))), at: 3)
        let isThere = world.run(for: 30_000) { world in
            world.nodes.indices.allSatisfy { Self.anchored(world, $0).count == 2 }
        }
        #expect(isThere)
        #expect(Self.anchored(world, 0).map(\.kind) == [.unprovedLock, .proofOfLock])
        #expect(world.problems + world.drops == [])
    }

    @Test("evidence that shows nothing keeps its batch off the ledger, with the reason")
    func refusedInBatches() throws {
        let world = try Self.settled()
        let state = try #require(world.nodes[0].host?.state)
        let vote = try Self.vote(.precommit, Height(1), 0, "x", in: world.region)
        let body = EvidenceBody(
            kind: .doubleVote, about: Region.id(Self.culprit), first: vote.encoded,
            second: vote.encoded)
        let entry = try #require(
            Entry.anchoring(
                .evidence(body), issuer: Region.id("regulator"), stream: Region.stream,
                number: 1, at: Region.start))
        let bytes = try world.region.batch("regulator", first: 1, entries: [entry.encode()])
        let batch = try UnverifiedBatch(decoding: bytes).verify(against: state)
        #expect(
            throws: BatchRefusal.entry(index: 0, .evidence(.consensus(.noContradiction)))
        ) {
            try state.check(batch)
        }
    }
}
