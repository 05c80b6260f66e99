import Consensus
import Cryptography
import Hosting
import Ledger
import Primitives
import Records
import Testing

@Suite("A host among peers that know no measure")
struct LimitlessPeerTests {
    private static let liar = Region.id("insurer")

    /// A world in which one block stands everywhere, and from now on nobody hears of anybody.
    private static func world(
        _ region: Region? = nil, _ bend: (inout HostWorld) -> Void = { _ in }
    ) throws -> HostWorld {
        var world = try HostWorld(region: region)
        world.clientsAreBusy = false
        world.submitEntry(at: 0)
        #expect(world.run(for: 2_000) { $0.heights.allSatisfy { $0 == 1 } })
        bend(&world)
        world.cutOff = [0, 1, 2, 3]
        return world
    }

    private static func effects(
        of input: HostInput, at index: Int, in world: inout HostWorld
    ) -> [HostEffect] {
        let clock = Timestamp(milliseconds: world.now)
        return world.nodes[index].host?.step(input, now: clock) ?? []
    }

    @Test("one peer that boasts of its height leaves a node as ready as it was, and is named")
    func boasterChangesNothing() throws {
        var world = try Self.world()
        func status(_ height: UInt64) -> PeerMessage {
            .status(
                ReplicaStatus(
                    height: Height(height), round: .zero, hasProposal: false, prevotes: [0],
                    precommits: [0], missing: nil))
        }
        for _ in 0..<130 {
            for peer in ["county-hospital", "regulator"] {
                world.step(0, .received(status(2), from: Region.id(peer)))
            }
            world.step(0, .received(status(9_000), from: Self.liar))
            #expect(world.nodes[0].host?.sync.isCatchingUp == false)
        }
        #expect(world.drops.count == 1)
        #expect(world.drops.first?.contains("insurer: it claims block 8999") == true)
        world.step(0, .received(status(9_000), from: Region.id("regulator")))
        world.step(0, .received(status(9_000), from: Self.liar))
        #expect(world.nodes[0].host?.sync.isCatchingUp == true)
    }

    @Test("whoever hands on what is forged is dropped and named; what is only early is not forged")
    func forgersAreNamed() throws {
        var world = try Self.world()
        let key = try Region.key("insurer consensus")
        let block = BlockID(hash: SHA256.hash([1]), treeRoot: SHA256.hash([2]))
        func vote(_ voter: String, at height: UInt64) -> HostInput {
            let vote = Vote(
                kind: .prevote, height: Height(height), round: .zero, voter: Region.id(voter),
                block: block, validRound: nil, signature: key.sign(.zero))
            return .received(.vote(Unverified(vote)), from: Self.liar)
        }
        let rows: [(voter: String, height: UInt64, isNamed: Bool)] = [
            ("regulator", 2, true), ("nobody", 2, true), ("insurer", 2, true),
            ("regulator", 3, false), ("regulator", 9, false), ("nobody", 3, false),
        ]
        for row in rows {
            let before = world.drops.count
            world.step(0, vote(row.voter, at: row.height))
            #expect(world.drops.count == before + (row.isNamed ? 1 : 0), "\(row)")
        }
        #expect(world.problems == [])
    }

    @Test("a status that counts other validators than there are is no honest one")
    func statusOfOtherValidators() throws {
        var world = try Self.world()
        let rows: [(bits: [UInt8], height: UInt64, isNamed: Bool)] = [
            ([0x0f], 2, false), ([], 2, true), ([0x1f], 2, true), ([0, 0], 2, true),
            ([0, 0], 7, false),
        ]
        for row in rows {
            let before = world.drops.count
            let status = ReplicaStatus(
                height: Height(row.height), round: .zero, hasProposal: false, prevotes: row.bits,
                precommits: [0], missing: nil)
            world.step(0, .received(.status(status), from: Self.liar))
            #expect(world.drops.count == before + (row.isNamed ? 1 : 0), "\(row)")
        }
    }

    @Test("a peer that asks in a loop is answered so much, and again after the next interval")
    func answersHaveABudget() throws {
        var world = try Self.world()
        let asked = HostInput.received(.blockWanted(Height(1)), from: Self.liar)
        func answers() -> Int {
            var count = 0
            for _ in 0..<20_000 {
                for effect in Self.effects(of: asked, at: 0, in: &world) {
                    if case .serveBlock = effect { count += 1 }
                }
            }
            return count
        }
        #expect((100..<10_000).contains(answers()))
        #expect(answers() == 0)
        let other = HostInput.received(
            .blockWanted(Height(1)), from: Region.id("county-hospital"))
        #expect(!Self.effects(of: other, at: 0, in: &world).isEmpty, "others are answered")
        _ = Self.effects(of: .timedOut(.status), at: 0, in: &world)
        #expect((100..<10_000).contains(answers()))
    }

    @Test("having proofs looked for on the disk costs a peer so much, and what is found there too")
    func lookingHasABudget() throws {
        var world = try Self.world()
        let votes = try ["city-hospital", "county-hospital", "regulator"].map { name in
            Vote(
                kind: .prevote, height: Height(1), round: .zero, voter: Region.id(name),
                block: BlockID(hash: SHA256.hash([1]), treeRoot: .zero), validRound: nil,
                signature: try Region.key("\(name) consensus").sign(.zero))
        }
        let block = try #require(votes[0].block)
        let proof = ProofOfLock(height: Height(1), round: .zero, block: block, votes: votes)
        func questions(
            _ message: PeerMessage, of peer: String, times: Int = 200
        ) -> [LockQuestion] {
            (0..<times).flatMap { _ in
                Self.effects(
                    of: .received(message, from: Region.id(peer)), at: 0, in: &world
                ).compactMap { effect -> LockQuestion? in
                    if case .recallLock(let question) = effect { question } else { nil }
                }
            }
        }
        func answers(_ question: LockQuestion, times: Int = 1) -> Int {
            (0..<times).reduce(0) { count, _ in
                count
                    + Self.effects(
                        of: .lockRecalled(proof, for: question), at: 0, in: &world
                    ).count { effect in
                        if case .send(_, question.peer) = effect { true } else { false }
                    }
            }
        }
        for (message, count) in [
            (PeerMessage.lockWanted(Height(1), .zero, block), 1),
            (.votesWanted(Height(1)), votes.count),
        ] {
            let asked = questions(message, of: "insurer")
            #expect((8...32).contains(asked.count))
            let question = try #require(asked.first)
            #expect(answers(question) == 0, "it has had its share")
            let other = try #require(questions(message, of: "regulator", times: 1).first)
            #expect(answers(other) == count, "others are answered")
            #expect((100..<10_000).contains(answers(other, times: 12_000)))
            _ = Self.effects(of: .timedOut(.status), at: 0, in: &world)
            #expect(answers(question) == count)
            _ = Self.effects(of: .timedOut(.status), at: 0, in: &world)
        }
    }

    @Test("entries signed again and again for longer leave no more bodies than have room")
    func replacedBodiesAreBounded() throws {
        let region = try Region { $0.batchHeightsMax = 10_000 }
        var limits = Mempool.Limits()
        limits.departedByteCountMax = 40_000
        var host = try Host(
            identity: Region.id("regulator"), state: LedgerState(genesis: region.genesis),
            headCommit: nil,
            authenticator: KeyAuthenticator(key: Region.key("regulator consensus")),
            limits: limits)
        let now = Timestamp(milliseconds: Region.start.milliseconds)
        _ = host.start(now: now)
        let entries = [Region.entry("insurer", 1)]
        func replace(_ expiry: UInt64) throws -> Digest {
            let batch = try region.batch(
                "insurer", first: 1, entries: entries, expiry: Height(expiry))
            _ = host.step(.received(.batch(batch), from: Self.liar), now: now)
            return try UnverifiedBatch(decoding: batch).digest
        }
        func isHere(_ digest: Digest) -> Bool {
            let wanted = HostInput.received(.batchesWanted([digest]), from: Self.liar)
            return !host.step(wanted, now: now).isEmpty
        }
        let first = try replace(100)
        for expiry in 101..<110 as Range<UInt64> { _ = try replace(expiry) }
        #expect(isHere(first), "there is room for some")
        for expiry in 110..<190 as Range<UInt64> { _ = try replace(expiry) }
        let last = try replace(190)
        #expect(!isHere(first) && isHere(last))
        #expect(host.mempool.entryCount == 1)
    }

    @Test("a block that names more than a block may hold is refused before all of it is fetched")
    func namesTooMuch() throws {
        var world = try Self.world()
        let region = world.region
        // Height 2 begins with the insurer, who names batches of all: 80 entries, where 64 may be.
        let batches = try Region.names.map { name in
            let next =
                try #require(world.nodes[0].host?.state).nextNumber(
                    of: Region.id(name), Region.stream) ?? 1
            return try region.batch(
                name, first: next,
                entries: (0..<20).map { Region.entry(name, next + $0, salt: "much") })
        }
        let digests = try batches.map { try UnverifiedBatch(decoding: $0).digest }
        let proposal = try Self.proposal(
            naming: digests + (0..<6_000).map { SHA256.hash([UInt8($0 % 256), UInt8($0 / 256)]) },
            in: world)
        let asked = Self.effects(
            of: .received(.proposal(Unverified(proposal)), from: Self.liar), at: 0, in: &world)
        let wanted = asked.compactMap { effect -> Int? in
            guard case .send(.batchesWanted(let digests), _) = effect else { return nil }
            return digests.count
        }
        #expect(wanted == [4_096, 1_908], "no message asks for more than one may")
        let why = try #require(world.nodes[0].host).why(connected: [])
        #expect(why.contains { $0.contains("of the 6004 batches of") && $0.contains("insurer") })
        var votes: [Vote] = []
        for batch in batches {
            #expect(votes.isEmpty)
            let effects = Self.effects(
                of: .received(.batch(batch), from: Self.liar), at: 0, in: &world)
            for case .broadcast(.vote(let vote)) in effects { votes.append(vote.claimed) }
        }
        #expect(votes.map(\.block) == [nil], "against it, after the fourth")
    }

    /// The insurer's proposal for height 2, of a block that names these batches.
    private static func proposal(naming digests: [Digest], in world: HostWorld) throws -> Proposal {
        let head = try #require(world.nodes[0].disk.commits.last).executed.header
        let proof = try #require(world.nodes[0].disk.commits.last).proof.encoded
        let header = BlockHeader(
            ledger: head.ledger, height: Height(2),
            time: Timestamp(milliseconds: world.now), proposer: liar,
            previous: head.hash, batchesRoot: Block.batchesRoot(digests), treeSize: head.treeSize,
            treeRoot: head.treeRoot, stateRoot: head.stateRoot,
            nextValidators: head.nextValidators, active: head.active,
            previousCommit: Block.commitDigest(proof))
        let block = Block(header: header, batches: digests, commitProof: proof)
        let key = try Region.key("insurer consensus")
        func with(_ signature: Signature) -> Proposal {
            Proposal(
                height: Height(2), round: .zero, validRound: nil,
                blockID: BlockID(hash: block.hash, treeRoot: header.treeRoot),
                block: block.encode(), signature: signature)
        }
        let digest = SigningBytes(ledger: head.ledger).digest(
            of: with(key.sign(.zero)), key: key.keyID)
        return with(key.sign(digest))
    }

    @Test("only a validator's own proposal that counts shows its clock")
    func clocksOfStrangersDoNotCount() throws {
        var world = try Self.world()
        world.now += 20
        let honest = try Self.proposal(naming: [], in: world)
        func forged() throws -> Proposal {
            Proposal(
                height: honest.height, round: honest.round, validRound: nil,
                blockID: honest.blockID, block: honest.block,
                signature: try Region.key("regulator consensus").sign(.zero))
        }
        let before = world.nodes[0].host?.clocks.offsets
        world.step(0, .received(.proposal(Unverified(try forged())), from: Self.liar))
        #expect(world.nodes[0].host?.clocks.offsets == before, "not signed")
        world.step(0, .received(.proposal(Unverified(honest)), from: Region.id("regulator")))
        #expect(world.nodes[0].host?.clocks.offsets == before, "handed on by another")
        world.step(1, .received(.proposal(Unverified(honest)), from: Self.liar))
        let offset = world.nodes[1].host?.clocks.offsets.first { $0.peer == Self.liar }
        #expect(offset != nil)
        let count = world.nodes[1].host?.clocks
        world.step(1, .received(.proposal(Unverified(honest)), from: Self.liar))
        #expect(world.nodes[1].host?.clocks.offsets == count?.offsets, "and once")
        // Who is a block behind hears it early, and sees the same clock.
        var behind = try world.region.host("county-hospital")
        let clock = Timestamp(milliseconds: world.now)
        _ = behind.start(now: clock)
        _ = behind.step(.received(.proposal(Unverified(try forged())), from: Self.liar), now: clock)
        #expect(behind.clocks.offsets == [])
        for _ in 0..<2 {
            _ = behind.step(.received(.proposal(Unverified(honest)), from: Self.liar), now: clock)
        }
        #expect(behind.clocks.offsets == count?.offsets)
    }
}
