import Primitives
import Records
import Storage
import Supervision
import Synchronization
import Testing

@Suite("Restart and crash")
struct RestartTests {
    @Test("what was taken in is there after a restart, and goes on from the next block")
    func restart() throws {
        let region = try Region()
        try region.commit(try region.prepare([try Samples.claim()], by: Region.hospital))
        try region.deliver(from: Region.hospital, to: Region.insurer)
        region.close(Region.hospital)
        region.close(Region.insurer)
        try region.commit(try region.prepare([try Samples.record()], by: Region.hospital))
        let hospital = try region.node(Region.hospital)
        #expect(hospital.height == Height(2))
        #expect(
            try hospital.deliveries.waiting().map { "\($0.recipient) \($0.count)" }
                == ["regulator 2"])
        let insurer = try region.node(Region.insurer)
        let item = try #require(try insurer.entries.entry(at: 0))
        #expect(try insurer.entries.facts(of: item).count == 1)
    }

    @Test("a block that was seen changes nothing, and one too far ahead is refused")
    func order() throws {
        let region = try Region()
        try region.commit(try region.prepare([try Samples.record()], by: Region.hospital))
        try region.deliverAll()
        let node = try region.node(Region.hospital)
        #expect(try node.committed(region.log[0]).isEmpty)
        #expect(try node.deliveries.waiting().isEmpty)
        try region.block([])
        let third = try region.block([])
        #expect(
            throws: SupervisionError.outOfOrder(height: Height(3), expected: Height(2))
        ) { try node.committed(third) }
    }

    /// Lets writes pass until one is to break, once.
    private final class Breaker: Sendable {
        private let left: Mutex<Int>
        private let fate: WriteFault.Fate

        init(after count: Int, _ fate: WriteFault.Fate) {
            left = Mutex(count)
            self.fate = fate
        }

        var fault: WriteFault {
            WriteFault { [self] in
                left.withLock { left in
                    left -= 1
                    return left == -1 ? fate : .pass
                }
            }
        }
    }

    /// The whole way of a claim, with a crash of `who` at its write number `step`.
    ///
    /// - Returns: whether the write was reached.
    private func run(
        crashing who: InstitutionID, at step: Int, _ fate: WriteFault.Fate
    ) throws -> Bool {
        let region = try Region()
        let breaker = Breaker(after: step, fate)
        _ = try region.open(who) { $0.fault = breaker.fault }
        var hasCrashed = false
        func survive<Value>(_ body: () throws -> Value) throws -> Value {
            do {
                return try body()
            } catch SupervisionError.storage(.io) {
                hasCrashed = true
                region.close(who)
                return try body()
            }
        }
        let reference = Region.opaque(3)
        let submission = try Samples.claim(reference: reference)
        // The gateway's client tries again, and gets the entry of the first time if it was kept.
        let entries = try survive { try region.prepare([submission], by: Region.hospital) }
        try region.block(entries)
        try survive { for id in Region.all { try region.catchUp(id) } }
        try survive { try region.deliverAll() }
        for id in [Region.hospital, Region.insurer, Region.regulator] {
            let node = try region.node(id)
            let item = try #require(try node.entries.entry(at: 0))
            #expect(try node.entries.facts(of: item).count == 1, "\(id)")
            #expect(try node.payloads.awaitedLeaves().isEmpty, "\(id)")
            #expect(try node.payloads.mismatches().isEmpty, "\(id)")
        }
        #expect(try region.node(Region.hospital).deliveries.waiting().isEmpty)
        #expect(try region.node(Region.hospital).payloads.orphans().isEmpty)
        return hasCrashed
    }

    @Test("every write, lost or kept without its answer, leaves nothing lost and nothing twice")
    func crashTable() throws {
        for who in [Region.hospital, Region.insurer] {
            for fate in [WriteFault.Fate.lose, .keep] {
                var step = 0
                while try run(crashing: who, at: step, fate) { step += 1 }
                #expect(step >= 2, "\(who) writes at least \(step) times")
            }
        }
    }
}
