import Hosting
import Primitives
import TestSupport
import Testing

/// Every durable step of a node, broken twice: the write lost, and the write kept and no more.
///
/// Nothing that was acknowledged may be lost, and nobody may be convicted.
@Suite("Durable steps, each broken twice")
struct DurableStepTests {
    /// The first steps of a node's life cover: outbox rows, proposal, prevote, precommit, block.
    static let steps = 0..<24

    static let breaks = steps.flatMap { step in
        [HostWorld.Break.Mode.writeLost, .writeKept].flatMap { mode in
            (step.isMultiple(of: 4) ? [0, 1] : [0]).map {
                HostWorld.Break(node: $0, step: step, mode: mode)
            }
        }
    }

    @Test("one node breaks off, restarts, and nothing is lost", arguments: breaks)
    func oneNodeBreaks(plan: HostWorld.Break) throws {
        var world = try HostWorld(seed: UInt64(plan.step))
        world.planned = plan
        world.run(for: 1_200) { _ in false }
        #expect(world.nodes[plan.node].life == 1, "the step was never reached")
        let isSettled = world.settle()
        #expect(isSettled)
        #expect(world.problems == [])
        #expect(world.convictions.isEmpty && world.drops.isEmpty)
        #expect(world.broken.first == nil)
    }

    @Test("one breaks while another is away: nothing is lost, and it goes on when both are back")
    func oneBreaksWhileAnotherIsAway() throws {
        for step in DurableStepTests.steps where step.isMultiple(of: 3) {
            for mode in [HostWorld.Break.Mode.writeLost, .writeKept] {
                var world = try HostWorld(seed: UInt64(step) + 100)
                world.cutOff = [3]
                world.planned = HostWorld.Break(node: 0, step: step, mode: mode)
                world.run(for: 2_000) { _ in false }
                let isSettled = world.settle()
                #expect(isSettled, "step \(step), \(mode)")
                #expect(world.problems.isEmpty, "step \(step), \(mode)")
                #expect(world.convictions.isEmpty, "step \(step), \(mode)")
                #expect(world.broken.first == nil, "step \(step), \(mode)")
            }
        }
    }

    @Test("all lose their power at once, at any moment: nothing is lost, and they go on")
    func allLosePowerAtOnce() throws {
        for seed in UInt64(0)..<24 {
            var world = try HostWorld(seed: seed)
            // The slower the disks, the further consensus is ahead of the blocks on them.
            world.blockWriteMilliseconds = seed.isMultiple(of: 2) ? 12 : 60
            world.run(for: 300 + 37 * Int64(seed)) { _ in false }
            for index in world.nodes.indices {
                world.crash(index)
                world.queue.add(.restart(index), at: world.now + 20 * Int64(index + 1))
            }
            let isSettled = world.settle()
            #expect(isSettled, "seed \(seed)")
            #expect(world.problems.isEmpty, "seed \(seed): \(world.problems.first ?? "")")
            #expect(world.convictions.isEmpty, "seed \(seed)")
            #expect(world.broken.first == nil, "seed \(seed)")
        }
    }

    @Test("the steps that were broken are of every kind")
    func everyStepOfEveryKind() throws {
        var kinds: Set<String> = []
        for step in [3, 9, 21] {
            var world = try HostWorld(seed: 5)
            world.planned = HostWorld.Break(node: 2, step: step, mode: .writeKept)
            world.run(for: 1_500) { _ in false }
            let disk = world.nodes[2].disk
            if !disk.outboxRows.isEmpty { kinds.insert("outbox row") }
            if disk.signed != nil { kinds.insert("last-signed state") }
            if !disk.commits.isEmpty { kinds.insert("block") }
        }
        #expect(kinds.count == 3)
    }
}
