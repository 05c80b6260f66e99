import Consensus
import Hosting
import Ledger
import Primitives
import Records
import Testing

@Suite("Four hosts")
struct HostNetworkTests {
    @Test("order what is handed in, each the same, without gaps")
    func ordersEverything() throws {
        var world = try HostWorld()
        world.run(for: 3_000) { _ in false }
        let isSettled = world.settle()
        #expect(isSettled)
        #expect(world.problems + world.drops == [])
        #expect(world.convictions.isEmpty)
        #expect(world.broken.first == nil)
        #expect(world.nodes.allSatisfy { $0.acknowledged.count > 60 })
    }

    @Test("rest when there is nothing to order, but for the heartbeat")
    func restsWhenIdle() throws {
        var world = try HostWorld()
        world.clientsAreBusy = false
        world.run(for: 20_500) { _ in false }
        #expect(world.problems == [])
        let commits = world.nodes[0].disk.commits
        #expect((9...10).contains(commits.count))
        #expect(commits.allSatisfy { $0.executed.batches.isEmpty && $0.proof.round == .zero })
    }

    @Test("commit quickly when something comes: no timeout is waited for")
    func commitsQuickly() throws {
        var world = try HostWorld()
        world.clientsAreBusy = false
        world.blockWriteMilliseconds = 0
        world.run(for: 500) { _ in false }
        let before = world.now
        world.submitEntry(at: 2)
        let isThere = world.run(for: 1_000) { $0.heights.allSatisfy { $0 == 1 } }
        #expect(isThere)
        // The shortest timeout is 100.
        #expect(world.now - before < 90)
        #expect(world.nodes[0].disk.commits[0].proof.round == .zero)
    }

    @Test("go on without one of them, who catches up when it is back", arguments: 0..<4)
    func killedNodeCatchesUp(victim: Int) throws {
        var world = try HostWorld(seed: UInt64(victim))
        world.run(for: 1_000) { _ in false }
        world.crash(victim)
        let height = world.heights[victim]
        world.run(for: 6_000) { _ in false }
        #expect(world.heights.max().map { $0 > height + 5 } ?? false)
        #expect(world.heights[victim] == height)
        world.boot(victim)
        world.run(for: 1_500) { _ in false }
        let isSettled = world.settle()
        #expect(isSettled)
        #expect(world.problems + world.drops == [])
        #expect(world.convictions.isEmpty)
        #expect(world.broken.first == nil)
    }

    @Test("survive a power failure of all of them at once", arguments: 0..<6 as Range<UInt64>)
    func powerFailure(seed: UInt64) throws {
        var world = try HostWorld(seed: seed)
        world.run(for: 600 + Int64(seed) * 13) { _ in false }
        for index in world.nodes.indices { world.crash(index) }
        world.now += 5_000
        for index in world.nodes.indices { world.boot(index) }
        world.run(for: 1_000) { _ in false }
        let isSettled = world.settle()
        #expect(isSettled, "seed \(seed)")
        #expect(world.problems == [], "seed \(seed)")
        #expect(world.convictions.isEmpty, "seed \(seed)")
        #expect(world.broken.first == nil, "seed \(seed)")
    }

    @Test("lose messages and nothing else", arguments: 0..<6 as Range<UInt64>)
    func lossyNetwork(seed: UInt64) throws {
        var world = try HostWorld(seed: seed)
        world.dropPercent = 25
        world.run(for: 5_000) { _ in false }
        let isSettled = world.settle()
        #expect(isSettled, "seed \(seed)")
        #expect(world.problems + world.drops == [])
        #expect(world.convictions.isEmpty)
        let kept = world.nodes.flatMap(\.disk.kept)
        #expect(!kept.contains { $0.kind == .unprovedLock }, "an honest replica did not answer")
        #expect(world.broken.first == nil)
    }

    @Test("a node that was cut off goes on with the others, its batches too")
    func partitionHeals() throws {
        var world = try HostWorld()
        world.run(for: 500) { _ in false }
        world.cutOff = [1]
        world.run(for: 4_000) { _ in false }
        world.cutOff = []
        world.run(for: 2_000) { _ in false }
        let isSettled = world.settle()
        #expect(isSettled)
        #expect(world.problems == [])
        #expect(world.broken.first == nil)
    }

    @Test("a proposer whose batches reached nobody is asked for them")
    func missingBodiesAreFetched() throws {
        var world = try HostWorld()
        world.losesPushedBatches = true
        world.run(for: 3_000) { _ in false }
        let isSettled = world.settle()
        #expect(isSettled)
        #expect(world.nodes.allSatisfy { $0.acknowledged.count > 60 })
        #expect(world.problems == [])
        #expect(world.broken.first == nil)
    }

    @Test("a batch that was pushed in vain is pushed again, long before the heartbeat")
    func pushesAgain() throws {
        var world = try HostWorld(region: Region { $0.heartbeatMilliseconds = 600_000 })
        world.clientsAreBusy = false
        world.losesPushedBatches = true
        world.submitEntry(at: 3)
        world.run(for: 400) { _ in false }
        #expect(world.heights == [0, 0, 0, 0])
        world.losesPushedBatches = false
        let isThere = world.run(for: 5_000) { $0.heights.allSatisfy { $0 == 1 } }
        #expect(isThere)
        #expect(world.problems == [])
    }
}
