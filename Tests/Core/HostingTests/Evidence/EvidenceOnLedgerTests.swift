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
