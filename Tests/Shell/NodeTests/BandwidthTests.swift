internal import Hosting
internal import Ledger
internal import Primitives
internal import Testing

@testable import Node

@Suite("What validators send", .timeLimit(.minutes(30)))
struct BandwidthTests {
    /// What a validator sends a height, to each of its peers: messages and bytes, of all validators
    /// on average.
    private struct Load {
        var messages = 0.0
        var bytes = 0.0
    }

    /// The load where there are so many validators, and each height orders an entry.
    private func load(of size: Int) throws -> Load {
        let world = try MemoryWorld(TestNetwork(size: size))
        for index in 0..<size { try world.start(index) }
        try world.submit(1, at: 0)
        try world.settle(1, at: 0..<size)
        let (before, from) = (world.sent, try world.machine(0).host.state.head.height)
        for number in UInt64(2)...5 {
            try world.submit(number, at: 0)
            try world.settle(number, at: 0..<size)
        }
        let heights = try world.machine(0).host.state.head.height.blocks - from.blocks
        let links = Double(heights) * Double(size) * Double(size - 1)
        return Load(
            messages: Double(world.sent.messages - before.messages) / links,
            bytes: Double(world.sent.bytes - before.bytes) / links)
    }

    /// Each peer is sent the same however many there are, so that what a validator sends grows with
    /// their number, and not with its square: nobody passes on to all what everybody has.
    @Test func growsWithTheirNumberAndNotWithItsSquare() throws {
        let few = try load(of: 4)
        let many = try load(of: 16)
        #expect(few.messages > 2, "two votes at least")
        #expect(many.messages < 1.25 * few.messages, "\(few), \(many)")
        #expect(many.bytes < 1.25 * few.bytes, "\(few), \(many)")
    }
}
