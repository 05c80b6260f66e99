internal import Foundation
internal import Hosting
internal import Ledger
internal import Primitives
internal import Records
internal import Storage
internal import TestSupport
internal import Testing

@testable import Node

@Suite("A node that crashes", .timeLimit(.minutes(30)))
struct CrashTests {
    /// Node 0 dies just before its k-th message leaves: what it was about is on its disk.
    @Test(arguments: [1, 2, 3, 4, 6, 8, 11, 15, 20, 26, 33, 41], [false, true])
    func saysNothingElseAfterwardsAndLosesNothing(_ sendsLeft: Int, byPower: Bool) throws {
        let world = try MemoryWorld()
        for index in 1..<4 { try world.start(index) }
        try world.start(0, sendsLeft: sendsLeft)
        var acknowledged: UInt64 = 0
        while acknowledged < 4, !world.isDead(0) {
            try world.submit(acknowledged + 1, at: 0)
            acknowledged += 1
            _ = try world.run(stepCountMax: 40) { world.isDead(0) }
        }
        _ = try world.run(stepCountMax: 2_000) { world.isDead(0) }
        #expect(world.isDead(0), "never sent \(sendsLeft) messages")
        if byPower { try world.cutPower(0) } else { world.kill(0) }
        // The others go on meanwhile.
        let before = try world.machine(1).host.state.head.height
        #expect(
            try world.run {
                try world.machine(1).host.state.head.height.blocks >= before.blocks + 2
            }, "\(world.standing)")
        try world.start(0)
        let id = world.network.ids[0]
        #expect(
            try world.run {
                try (0..<4).allSatisfy { index in
                    let next = try world.machine(index).host.state.nextNumber(
                        of: id, StreamID(0))
                    let height = try world.machine(index).host.state.head.height
                    return next == acknowledged + 1 && height > before
                }
            }, "what was acknowledged is not on every ledger")
        for (step, votes) in world.votes[0] ?? [:] {
            #expect(votes.count == 1, "two votes for \(step)")
        }
        for index in 0..<4 { #expect(try world.machine(index).evidence.count == 0) }
        let hashes = try (0..<4).map { index in
            try world.machine(index).store.block(at: Height(1))?.block
        }
        #expect(Set(hashes).count == 1)
    }

    /// How all four die, and whether their blocks were on the disk.
    enum Death: CaseIterable {
        case kill, killHoldingBlocks, powerCut, powerCutHoldingBlocks

        var holdsBlocks: Bool { self == .killHoldingBlocks || self == .powerCutHoldingBlocks }
        var isByPower: Bool { self == .powerCut || self == .powerCutHoldingBlocks }
    }

    /// All four die at once, in the middle of a height, and come back.
    @Test(arguments: [3, 9, 17, 23, 27, 30, 34, 40, 47, 55, 90, 130], Death.allCases)
    func goesOnWhenAllHaveCrashed(_ stepCount: Int, by death: Death) throws {
        let world = try MemoryWorld()
        world.holdsBlocks = death.holdsBlocks
        for index in 0..<4 { try world.start(index) }
        for number in UInt64(1)...3 { try world.submit(number, at: Int(number)) }
        _ = try world.run(stepCountMax: stepCount) { false }
        for index in 0..<4 {
            if death.isByPower { try world.cutPower(index) } else { world.kill(index) }
        }
        world.holdsBlocks = false
        for index in 0..<4 { try world.start(index) }
        #expect(
            try world.run {
                try (1..<4).allSatisfy { index in
                    let entry = world.network.ids[index]
                    let next = try world.machine(0).host.state.nextNumber(
                        of: entry, StreamID(0))
                    return next ?? 0 >= 2
                }
            }, "an acknowledged entry never came")
        for index in 0..<4 {
            for (step, votes) in world.votes[index] ?? [:] {
                #expect(votes.count == 1, "two votes of node \(index) for \(step)")
            }
        }
    }

    /// The short form of `./custos.sh campaign soak`: one node after the other dies at any moment
    /// and comes back, while entries go on being handed in.
    @Test(arguments: UInt64(1)...3)
    func losesNothingAndEndsEqualThroughManyCrashes(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let world = try MemoryWorld()
        for index in 0..<4 { try world.start(index) }
        var acknowledged = [UInt64](repeating: 0, count: 4)
        var down: Int?
        for _ in 0..<24 {
            if let index = down {
                world.holdsBlocks = random.chance(50)
                try world.start(index)
                down = nil
            } else if random.chance(60) {
                let index = Int.random(in: 0..<4, using: &random)
                if random.chance(50) { try world.cutPower(index) } else { world.kill(index) }
                down = index
            }
            let at = Int.random(in: 0..<4, using: &random)
            if at != down {
                try world.submit(acknowledged[at] + 1, at: at)
                acknowledged[at] += 1
            }
            let steps = Int.random(in: 5...120, using: &random)
            _ = try world.run(stepCountMax: steps) { false }
        }
        if let down { try world.start(down) }
        let isSettled = try world.run {
            let machines = try (0..<4).map { try world.machine($0) }
            let hosts = machines.map(\.host)
            return Set(hosts.map(\.state.head.hash)).count == 1
                && hosts.allSatisfy { host in
                    acknowledged.indices.allSatisfy {
                        host.state.nextNumber(of: world.network.ids[$0], StreamID(0))
                            == acknowledged[$0] + 1
                    }
                }
        }
        #expect(isSettled, "seed \(seed): \(world.standing)")
        for index in 0..<4 {
            #expect(try world.machine(index).evidence.count == 0)
            for (step, votes) in world.votes[index] ?? [:] {
                #expect(votes.count == 1, "two votes of node \(index) for \(step)")
            }
        }
        for index in 0..<4 { world.kill(index) }
        for index in 1..<4 {
            let report = try Divergence.find(
                world.network.configuration(0), world.network.configuration(index))
            #expect(report.first == nil, "seed \(seed)")
        }
    }

    /// What was numbered and not synced was never acknowledged, and its number is given again.
    @Test func givesANumberAgainThatWasNeverSynced() throws {
        let world = try MemoryWorld()
        try world.start(0)
        let draft = DraftEntry(TestNetwork.link(issuer: world.network.ids[0], number: 1))
        try world.machine(0).number([draft], StreamID(0), [nil])
        #expect(try world.machine(0).outboxes.status.map(\.nextNumber) == [2])
        world.kill(0)
        try world.start(0)
        #expect(try world.machine(0).outboxes.status.map(\.nextNumber) == [1])
    }

    @Test func answersARepeatedSubmissionWithItsNumberAfterACrash() throws {
        let world = try MemoryWorld()
        try world.start(0)
        let entry = TestNetwork.link(issuer: world.network.ids[0], number: 1)
        try world.submit(1, at: 0)
        world.kill(0)
        try world.start(0)
        let machine = try world.machine(0)
        try machine.number([DraftEntry(entry, isRepeated: true)], StreamID(0), [nil])
        try machine.syncOutboxes()
        #expect(machine.outboxes.status.map(\.nextNumber) == [2])
    }
}

@Suite("An outbox whose disk is older than the ledger", .timeLimit(.minutes(30)))
struct OldOutboxTests {
    /// What is lost of a directory, and whether the node may vote meanwhile.
    @Test(arguments: [["outbox"], ["outbox", "blocks", "index", "log", "last-signed"]])
    func takesNoEntriesWhileItsNodeGoesOnAndNumbersAgainLater(_ lost: [String]) throws {
        var parameters = Parameters.quick
        parameters.batchHeightsMax = 12
        let world = try MemoryWorld(TestNetwork(parameters: parameters))
        for index in 0..<4 { try world.start(index) }
        for number in UInt64(1)...3 { try world.submit(number, at: 0) }
        let id = world.network.ids[0]
        let isAnchored = try world.run {
            try world.machine(0).host.state.nextNumber(of: id, StreamID(0)) == 4
        }
        #expect(isAnchored)
        let lostAt = try world.machine(1).host.state.head.height
        world.kill(0)
        for name in lost {
            try FileManager.default.removeItem(atPath: world.network.data(0) + "/" + name)
        }
        try world.start(0)
        #expect(try world.machine(0).outboxes.closed.map(\.stream) == [StreamID(0)])
        // An entry that is handed in meanwhile is not taken.
        try world.submit(4, at: 0)
        #expect(try world.machine(0).outboxes.status.map(\.waiting) == [0])
        let isTold = try world.run {
            try world.machine(0).outboxes.closed.first?.reason.contains("opens at height") == true
        }
        #expect(isTold, "\(world.standing)")
        // What the network has told is kept over a restart.
        world.kill(0)
        try world.start(0)
        let reason = try #require(try world.machine(0).outboxes.closed.first?.reason)
        #expect(reason.contains("opens at height"), "\(reason)")
        let isOpen = try world.run { try world.machine(0).outboxes.closed.isEmpty }
        #expect(isOpen, "\(world.standing)")
        let opened = try world.machine(0).host.state.head.height
        #expect(opened.blocks >= lostAt.blocks + 12)
        #expect(try world.machine(0).outboxes.status.map(\.nextNumber) == [4])
        world.kill(0)
        try world.start(0)
        #expect(try world.machine(0).outboxes.status.map(\.nextNumber) == [4])
        try world.submit(4, at: 0)
        let goesOn = try world.run {
            try world.machine(1).host.state.nextNumber(of: id, StreamID(0)) == 5
        }
        #expect(goesOn, "\(world.standing)")
        for index in 0..<4 { #expect(try world.machine(index).evidence.count == 0) }
    }
}
