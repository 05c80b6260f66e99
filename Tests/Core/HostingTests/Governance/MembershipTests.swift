import Consensus
import Cryptography
import Hosting
import Ledger
import Primitives
import Records
import Testing

@Suite("Four hosts that change who they are")
struct MembershipTests {
    /// Has one propose and others vote, each through its own node, or through the first one's
    /// where its own is down; waits until the change is in force everywhere.
    private static func agree(
        _ world: inout HostWorld, on action: GovernanceAction, by names: [String]
    ) throws {
        let ledger = world.region.genesis.ledger
        let height = world.heights.max() ?? 0
        let proposal = GovernanceProposal(
            action: action, expiry: Height(UInt64(height) + 500), reason: "a test")
        for (index, name) in names.enumerated() {
            let signer = GovernanceSigner(
                ledger: ledger, institution: Region.id(name),
                keys: [try Region.key("\(name) govern")])
            let own = try #require(world.nodes.firstIndex { $0.name == name })
            let carrier = world.nodes[own].host == nil ? 0 : own
            let body =
                index == 0 ? signer.propose(proposal) : signer.vote(on: proposal.id, isFor: true)
            world.anchor(.governance(body), at: carrier)
            // A vote must not come before what it is on.
            world.run(for: 20_000) { world in
                let record = world.nodes[0].host?.state.governance.proposal(proposal.id)
                return record?.votes.count == index + 1
            }
        }
        let isInForce = world.run(for: 20_000) { world in
            world.nodes.allSatisfy { node in
                guard let governance = node.host?.state.governance else { return true }
                guard case .enacted = governance.proposal(proposal.id)?.standing else {
                    return false
                }
                return true
            }
        }
        let record = world.nodes[0].host?.state.governance.proposal(proposal.id)
        #expect(isInForce, "\(action): \(String(describing: record)), \(world.problems)")
    }

    private static func signers(_ world: HostWorld, last count: Int) -> Set<String> {
        Set(
            world.nodes[0].disk.commits.suffix(count)
                .flatMap { $0.proof.precommits.map(\.voter.name) })
    }

    /// Runs on for so many blocks.
    private static func goOn(_ world: inout HostWorld, blocks: Int) {
        let height = (world.heights.max() ?? 0) + blocks
        let isThere = world.run(for: 60_000) { world in
            world.nodes.indices.allSatisfy {
                world.nodes[$0].host == nil || world.heights[$0] >= height
            }
        }
        let why = world.nodes.map { $0.host.map { "\($0.replica.why())" } ?? "down" }
        #expect(isThere, "\(why)")
    }

    @Test("two entries under a key that the issuer has no more blame no messenger")
    func evidenceAcrossKeys() throws {
        var world = try HostWorld(seed: 5)
        world.clientsAreBusy = false
        world.submitEntry(at: 0)
        world.run(for: 2_000) { $0.heights.allSatisfy { $0 >= 1 } }
        let state = try #require(world.nodes[0].host?.state)
        let batches = try ["a", "b"].map { salt in
            try UnverifiedBatch(
                decoding: try world.region.batch(
                    "insurer", first: 1, entries: [Region.entry("insurer", 1, salt: salt)])
            ).verify(against: state)
        }
        let body = try #require(state.doubleEntry(batches[0], batches[1]))
        #expect(throws: Never.self) { try state.check(body) }
        let key = try Region.key("insurer's next key").publicKey
        try Self.agree(
            &world, on: .setKey(Region.id("insurer"), .submit(Region.stream, key)),
            by: ["city-hospital", "county-hospital", "regulator"])
        // Whoever sends it may stand below the height from which the new key counts.
        world.step(1, .received(.evidence(body), from: Region.id("county-hospital")))
        #expect(world.drops + world.problems == [] && world.nodes[1].disk.kept.isEmpty)
    }

    @Test("a fifth joins, the one that is down is re-keyed, one is removed")
    func membership() throws {
        var world = try HostWorld(seed: 4)
        world.run(for: 500) { _ in false }
        world.crash(3)
        let three = ["city-hospital", "county-hospital", "insurer"]

        // The pharmacy comes without power, follows, attends, and only then gets power.
        let pharmacy = Institution(
            id: Region.id("pharmacy"), name: "pharmacy", kind: .pharmacy, tier: .county, power: 0,
            submitKeys: [
                Institution.SubmitKey(
                    stream: Region.stream, key: try Region.key("pharmacy submit").publicKey)
            ], consensusKey: try Region.key("pharmacy consensus").publicKey,
            governKeys: [try Region.key("pharmacy govern").publicKey])
        try Self.agree(&world, on: .add(pharmacy), by: three)
        world.join("pharmacy")
        let attends = world.run(for: 60_000) { world in
            world.nodes[0].host?.state.governance.attendance.lastSeen(pharmacy.id) != nil
        }
        #expect(attends)
        try Self.agree(&world, on: .setPower(pharmacy.id, 1), by: three)
        Self.goOn(&world, blocks: 4)
        #expect(Self.signers(world, last: 3).contains("pharmacy"))

        // The regulator's node is down and gets a new key; its old one is worth nothing.
        let four = three + ["pharmacy"]
        let key = try Region.key("regulator second")
        try Self.agree(
            &world, on: .setKey(Region.id("regulator"), .consensus(key.publicKey)), by: four)
        world.boot(3)
        Self.goOn(&world, blocks: 4)
        #expect(!Self.signers(world, last: 4).contains("regulator"), "it has its old key")
        world.crash(3)
        world.nodes[3].consensusKey = "regulator second"
        world.boot(3)
        Self.goOn(&world, blocks: 8)
        #expect(Self.signers(world, last: 4).contains("regulator"))

        // The insurer is removed: it follows no vote any more, and nobody waits for it.
        try Self.agree(
            &world, on: .remove(Region.id("insurer")),
            by: ["city-hospital", "county-hospital", "pharmacy", "regulator"])
        world.crash(2)
        Self.goOn(&world, blocks: 4)
        #expect(!Self.signers(world, last: 3).contains("insurer"))
        #expect(world.problems + world.drops == [])
        #expect(world.convictions.isEmpty)
        // Every proof holds under the set of its height, as a newcomer would check it.
        let state = try #require(world.nodes[0].host?.state)
        for commit in world.nodes[0].disk.commits {
            #expect(throws: Never.self) {
                try state.validators(at: commit.height).verify(
                    Unverified(commit.proof), with: SigningBytes(ledger: state.ledger),
                    by: KeyCheck())
            }
        }
    }

    @Test("a restart in the middle of a change has the same validators")
    func restarts() throws {
        var world = try HostWorld(seed: 9)
        world.run(for: 300) { _ in false }
        let names = ["city-hospital", "county-hospital", "insurer", "regulator"]
        try Self.agree(&world, on: .setPower(Region.id("insurer"), 2), by: names)
        for index in world.nodes.indices { world.crash(index) }
        for index in world.nodes.indices { world.boot(index) }
        #expect(
            world.nodes.allSatisfy { $0.host?.validators.totalPower == 5 })
        Self.goOn(&world, blocks: 5)
        #expect(world.problems + world.drops == [])
    }
}
