internal import Hosting
internal import Ledger
internal import Primitives
internal import Records
internal import TestSupport
internal import Testing

@testable import Node
@testable import Storage

@Suite("Power cuts that take what they like", .timeLimit(.minutes(30)))
struct PowerCutTests {
    /// All four lose power again and again, at any moment, and in the end one of them stays away.
    ///
    /// Of what was not synced any part stays, and what was being written may be torn.
    @Test(arguments: UInt64(1)...4)
    func threeOfFourGoOnAndNobodySaysTwoThings(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let world = try MemoryWorld()
        if seed.isMultiple(of: 2) {
            for index in 0..<4 { try makeOldSlots(world.network.data(index)) }
        }
        var acknowledged = [UInt64](repeating: 0, count: 4)
        var height = Height.genesis
        for _ in 0..<12 {
            world.holdsBlocks = random.chance(50)
            for index in 0..<4 {
                try world.start(index, sendsLeft: random.chance(50) ? random.below(80) : nil)
            }
            for index in 0..<4 where random.chance(40) && !world.isDead(index) {
                let first = acknowledged[index] + 1
                // Of one entry the log finds room beside the state, of many it does not.
                let last = first + (random.chance(30) ? 40 : 0)
                try world.submit(first...last, at: index)
                acknowledged[index] = last
            }
            _ = try world.run(stepCountMax: random.below(200)) { false }
            for index in 0..<4 {
                height = max(height, try world.machine(index).host.state.head.height)
                try world.cutPower(index, sparing: &random)
            }
        }
        world.holdsBlocks = false
        let absent = random.below(4)
        let present = (0..<4).filter { $0 != absent }
        for index in present { try world.start(index) }
        let isSettled = try world.run {
            let hosts = try present.map { try world.machine($0).host }
            return hosts.allSatisfy { host in
                host.state.head.height.blocks > height.blocks + 1
                    && present.allSatisfy {
                        host.state.nextNumber(of: world.network.ids[$0], StreamID(0))
                            == acknowledged[$0] + 1
                    }
            }
        }
        #expect(isSettled, "seed \(seed), above \(height):\n\(world.standing)")
        for index in 0..<4 {
            for (step, votes) in world.votes[index] ?? [:] {
                #expect(votes.count == 1, "seed \(seed): two votes of node \(index) for \(step)")
            }
        }
        for index in present {
            #expect(try world.machine(index).evidence.count == 0)
            world.kill(index)
        }
        for index in 1..<4 {
            let report = try Divergence.find(
                world.network.configuration(0), world.network.configuration(index))
            #expect(report.first == nil, "seed \(seed)")
        }
    }

    /// A file as older versions made it.
    private func makeOldSlots(_ data: String) throws {
        let old = LastSignedFile.oldSlotBytes
        try SmallFile.write(
            LastSignedFile.slot(0, [], byteCount: old) + LastSignedFile.slot(1, [], byteCount: old),
            to: data + "/" + ReplicaLog.lastSignedName)
    }
}
