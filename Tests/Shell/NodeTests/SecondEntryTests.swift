internal import Consensus
internal import Cryptography
internal import Hosting
internal import Ledger
internal import Primitives
internal import Records
internal import Testing

@testable import Node

@Suite("A second entry under a number on the ledger", .timeLimit(.minutes(30)))
struct SecondEntryTests {
    private static let issuer = 0

    /// Four nodes with five entries of one stream, each in a block of its own.
    private func settled() throws -> MemoryWorld {
        let world = try MemoryWorld()
        for index in 0..<4 { try world.start(index) }
        let id = world.network.ids[SecondEntryTests.issuer]
        for number in UInt64(1)...5 {
            try world.submit(number, at: SecondEntryTests.issuer)
            let isThere = try world.run {
                try (0..<4).allSatisfy {
                    try world.machine($0).host.state.nextNumber(of: id, StreamID(0))
                        == number + 1
                }
            }
            #expect(isThere)
        }
        return world
    }

    /// A batch of the issuer from `first` on, of link entries as the ledger has them, but that
    /// the one under `changed` is another.
    private func batch(
        _ world: MemoryWorld, first: UInt64, count: UInt64, changed: UInt64? = nil
    ) -> [UInt8] {
        let network = world.network
        let id = network.ids[SecondEntryTests.issuer]
        let entries = (first..<(first + count)).map { number in
            var entry = TestNetwork.link(
                issuer: id, number: number == changed ? number + 100 : number)
            entry.number = number
            return entry.encode()
        }
        return BatchWriter.batch(
            of: entries, ledger: network.genesis.ledger, issuer: id, stream: StreamID(0),
            firstNumber: first, expiry: Height(400),
            signedBy: network.submitKeys[SecondEntryTests.issuer])
    }

    @Test func isEvidenceWhereverInItsBatchItStands() throws {
        let cases: [(UInt64, UInt64, UInt64)] = [(2, 1, 2), (1, 5, 4), (3, 6, 5)]
        for (first, count, changed) in cases {
            let world = try settled()
            let bytes = batch(world, first: first, count: count, changed: changed)
            try world.machine(2).step(
                .received(.batch(bytes), from: world.network.ids[1]))
            let offence = try #require(try world.machine(2).host.evidence.items.first?.offence)
            #expect("\(offence)".hasSuffix("stream 0, number \(changed)"))
            #expect(offence.institution == world.network.ids[SecondEntryTests.issuer])
            let isAnchored = try world.run {
                try (0..<4).allSatisfy {
                    try world.machine($0).host.state.evidence(of: offence) != nil
                }
            }
            #expect(isAnchored, "\(world.standing)")
        }
    }

    @Test func theSameEntriesSignedAnewAreNone() throws {
        let world = try settled()
        for (first, count) in [(1, 5), (2, 1), (3, 2), (4, 3)] as [(UInt64, UInt64)] {
            for index in 0..<4 {
                try world.machine(index).step(
                    .received(
                        .batch(batch(world, first: first, count: count)),
                        from: world.network.ids[(index + 1) % 4]))
            }
        }
        for index in 0..<4 {
            #expect(try world.machine(index).host.evidence.items.isEmpty)
            #expect(try world.machine(index).read.isEmpty)
        }
    }
}
