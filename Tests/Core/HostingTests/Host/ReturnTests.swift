import Consensus
import Cryptography
import Hosting
import Ledger
import Primitives
import Records
import Testing

@Suite("A host that has lost its disk")
struct ReturnTests {
    private static func lose(_ world: inout HostWorld, _ node: Int) {
        world.crash(node)
        world.nodes[node].disk = Disk()
        world.nodes[node].hasLostDisk = true
        world.nodes[node].disk.hasLostRows = true
        world.boot(node)
    }

    @Test("is silent until two heights above what the others report, and then signs again")
    func silence() throws {
        var world = try HostWorld(seed: 3)
        world.run(for: 1_000) { _ in false }
        Self.lose(&world, 1)
        let atReturn = try #require(world.heights.max())
        let isBack = world.run(for: 20_000) { $0.nodes[1].disk.signsFrom != nil }
        #expect(isBack)
        let first = try #require(world.nodes[1].disk.signsFrom)
        #expect(first.blocks >= UInt64(atReturn) + 2)
        let signs = world.run(for: 20_000) { world in
            (world.nodes[1].disk.signed?.height ?? .genesis) >= first
        }
        #expect(signs)
        let own = Region.id("county-hospital")
        for commit in world.nodes[0].disk.commits
        where commit.height.blocks > UInt64(atReturn) + 1 && commit.height < first {
            #expect(!commit.proof.precommits.contains { $0.voter == own })
        }
        #expect(world.problems + world.drops == [])
        #expect(world.convictions.isEmpty)
    }

    @Test(
        "numbers nothing until all that its lost disk signed has expired, and no number twice",
        arguments: [8, 9, 10] as [UInt64])
    func numbersAgain(seed: UInt64) throws {
        var world = try HostWorld(seed: seed)
        world.run(for: 1_000) { _ in false }
        // Batches that the disk signed at the very end go round the peers for as long as they may.
        world.submitEntry(at: 1)
        world.run(for: 8) { _ in false }
        let signed = try #require(world.nodes[1].acknowledged.last?.number)
        let lostAt = try #require(world.nodes[1].host?.state.head.height)
        Self.lose(&world, 1)
        #expect(world.nodes[1].outbox?.closure == .lost(lastRow: nil, opensAt: nil))
        world.nodes[1].acknowledged = []
        let isTold = world.run(for: 20_000) { $0.nodes[1].disk.numbersFrom != nil }
        #expect(isTold)
        let opensAt = try #require(world.nodes[1].disk.numbersFrom)
        #expect(opensAt.blocks >= lostAt.blocks + world.region.genesis.parameters.batchHeightsMax)
        let isOpen = world.run(for: 120_000) { !$0.nodes[1].disk.hasLostRows }
        #expect(isOpen, "it stands at \(world.heights[1]) and opens at \(opensAt)")
        #expect(UInt64(world.heights[1]) >= opensAt.blocks)
        let goesOn = world.run(for: 5_000) { $0.nodes[1].acknowledged.count >= 3 }
        #expect(goesOn)
        #expect(try #require(world.nodes[1].acknowledged.first).number >= signed)
        let isSettled = world.settle()
        #expect(isSettled)
        // Somebody kept a batch that the lost disk had signed, under a number given once more.
        let number = try #require(world.nodes[1].acknowledged.first).number
        let lost = try world.region.batch(
            "county-hospital", first: number,
            entries: [Region.entry("county-hospital", number, salt: "lost")],
            expiry: Height(lostAt.blocks + HostWorld.outboxLimits.expiryHeights))
        for node in [0, 2, 3] {
            world.step(node, .received(.batch(lost), from: Region.id("county-hospital")))
            world.step(node, .submitted(batch: lost, token: 99))
        }
        world.run(for: 2_000) { _ in false }
        #expect(world.problems + world.drops + world.broken == [])
        #expect(world.convictions.isEmpty)
    }

    @Test("whose outbox alone is gone votes on, and numbers again when its batches have expired")
    func outboxAlone() throws {
        var world = try HostWorld(seed: 11)
        world.run(for: 1_000) { _ in false }
        world.crash(2)
        world.nodes[2].disk.outboxRows = []
        world.nodes[2].disk.hasLostRows = true
        world.nodes[2].acknowledged = []
        world.boot(2)
        let isOpen = world.run(for: 120_000) { world in
            !world.nodes[2].disk.hasLostRows && world.nodes[2].acknowledged.count > 2
        }
        #expect(isOpen)
        #expect(world.nodes[2].disk.signsFrom == nil)
        let isSettled = world.settle()
        #expect(isSettled)
        #expect(world.problems + world.drops + world.broken == [])
    }

    @Test("where too many have lost theirs nothing is decided, and a successor ledger goes on")
    func successor() throws {
        var world = try HostWorld(seed: 6)
        world.run(for: 600) { _ in false }
        for node in [1, 2] { Self.lose(&world, node) }
        world.run(for: 2_000) { _ in false }
        let stalled = try #require(world.heights.max())
        world.run(for: 4_000) { _ in false }
        #expect(world.heights.max() == stalled)
        let head = try #require(world.nodes[0].host?.state.head.hash)
        let region = try Region(succeeds: head)
        #expect(region.genesis.ledger != world.region.genesis.ledger)
        #expect(try Genesis.decode(region.genesis.encode()).succeeds == head)
        var next = try HostWorld(seed: 7, region: region)
        let goesOn = next.run(for: 5_000) { $0.heights.allSatisfy { $0 >= 3 } }
        #expect(goesOn)
        #expect(next.problems + next.drops == [])
    }

    @Test("believes no height that blocks do not bear out")
    func liars() throws {
        var world = try HostWorld(seed: 4)
        world.run(for: 600) { _ in false }
        world.cutOff = [1]
        Self.lose(&world, 1)
        let far = ReplicaStatus(
            height: Height(1 << 40), round: .zero, hasProposal: false, prevotes: [0],
            precommits: [0], missing: nil)
        for name in ["city-hospital", "insurer", "regulator"] {
            world.step(1, .received(.status(far), from: Region.id(name)))
        }
        world.run(for: 3_000) { _ in false }
        #expect(world.nodes[1].disk.signsFrom == nil)
        #expect(world.nodes[1].disk.signed == nil)
        let why = world.nodes[1].host?.why(connected: []) ?? []
        #expect(why.contains { $0.contains("lost its disk") })
    }

    @Test("whom a peer keeps waiting gets a new key by governance, and signs with that at once")
    func newKey() throws {
        var world = try HostWorld(seed: 5)
        world.run(for: 600) { _ in false }
        // The insurer votes, and tells the one that came back nothing.
        world.tamper = { message, from, to in
            if case .status = message, from == 2, to == 1 { nil } else { message }
        }
        Self.lose(&world, 1)
        world.run(for: 3_000) { _ in false }
        #expect(world.nodes[1].disk.signsFrom == nil)
        let key = try Region.key("county-hospital second").publicKey
        let height = try #require(world.heights.max())
        let proposal = GovernanceProposal(
            action: .setKey(Region.id("county-hospital"), .consensus(key)),
            expiry: Height(UInt64(height) + 500), reason: "its disk is gone")
        for (index, name) in ["city-hospital", "insurer", "regulator"].enumerated() {
            let signer = GovernanceSigner(
                ledger: world.region.genesis.ledger, institution: Region.id(name),
                keys: [try Region.key("\(name) govern")])
            world.anchor(
                .governance(
                    index == 0
                        ? signer.propose(proposal) : signer.vote(on: proposal.id, isFor: true)),
                at: 0)
        }
        let isAgreed = world.run(for: 20_000) { world in
            world.nodes[0].host?.state.charter.institution(Region.id("county-hospital"))?
                .consensusKey == key
        }
        #expect(isAgreed)
        // A key that has never signed needs no silence.
        world.crash(1)
        world.nodes[1].hasLostDisk = false
        world.nodes[1].consensusKey = "county-hospital second"
        world.boot(1)
        let signs = world.run(for: 20_000) { $0.nodes[1].disk.signed != nil }
        #expect(signs)
        #expect(world.problems + world.drops == [])
        #expect(world.convictions.isEmpty)
    }
}
