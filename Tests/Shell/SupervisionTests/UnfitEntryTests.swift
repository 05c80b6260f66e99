import Ledger
import Primitives
import Supervision
import Testing

@Suite("Entries without effect at the desk")
struct UnfitEntryTests {
    @Test("nothing is delivered for one, nobody judges by it, and the next block follows")
    func isPassedOver() throws {
        let region = try Region()
        let submissions = [
            try Samples.claim(), try Samples.record(), try Samples.record(at: 3_000),
        ]
        let entries = try region.prepare(submissions, by: Region.hospital)
        let why = try Unfitness.decode([0x82, 0x08, 0xf6])
        let block = try region.block(entries, unfit: [UnfitEntry(leafIndex: 1, why: why)])
        #expect(block.leafCount == 3 && block.entries.map(\.leafIndex) == [0, 2])
        for id in Region.all { try region.catchUp(id) }
        try region.deliverAll()
        for id in Region.all {
            let node = try region.node(id)
            #expect(try node.entries.entry(at: 1) == nil, "\(id)")
            #expect(try node.entries.entry(at: 2) != nil, "\(id)")
            #expect(try node.payloads.awaitedLeaves().isEmpty, "\(id)")
        }
        #expect(try region.node(Region.hospital).deliveries.waiting().isEmpty)
        let more = try region.prepare([try Samples.record(at: 4_000)], by: Region.hospital)
        try region.commit(more)
        let last = try region.node(Region.regulator).entries.entry(at: 3)
        #expect(last?.leafIndex == 3)
    }
}
