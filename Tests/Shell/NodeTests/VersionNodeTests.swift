internal import Hosting
internal import Ledger
internal import Primitives
internal import Records
internal import Testing

@testable import Node

@Suite("A network that is upgraded", .timeLimit(.minutes(30)))
struct VersionNodeTests {
    /// One node after the other stops, and comes back as one of the newest version: nothing that
    /// was acknowledged is lost, nobody hangs up, and the ledger goes on at each step.
    @Test func losesNothingWhileItIsUpgradedNodeByNode() throws {
        let world = try MemoryWorld()
        world.older = [0, 1, 2, 3]
        var counts: [UInt64] = [0, 0, 0, 0]
        func submit(at index: Int) throws {
            counts[index] += 1
            try world.submit(counts[index], at: index)
        }
        for index in 0..<4 { try world.start(index) }
        for index in 0..<4 {
            // The last thing that it acknowledges has not left it when it stops.
            try submit(at: index)
            world.kill(index)
            let others = (0..<4).filter { $0 != index }
            try submit(at: others[0])
            let height = try world.machine(others[0]).host.state.head.height
            let goesOn = try world.run {
                try others.allSatisfy {
                    try world.machine($0).host.state.head.height > height.next
                }
            }
            #expect(goesOn, "without node \(index): \(world.standing)")
            world.older.remove(index)
            try world.start(index)
            let isWhole = try world.run {
                try (0..<4).allSatisfy { node in
                    let state = try world.machine(node).host.state
                    return zip(world.network.ids, counts).allSatisfy { id, count in
                        state.nextNumber(of: id, StreamID(0)) == count + 1
                    }
                }
            }
            #expect(isWhole, "after the upgrade of node \(index): \(world.standing)")
        }
        #expect(world.hangups == [])
        let versions = try world.machine(3).host.words.versions.map(\.version)
        #expect(versions == [.newest, .newest, .newest])
    }
}
