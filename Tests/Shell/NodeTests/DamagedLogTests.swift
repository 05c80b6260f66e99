internal import Hosting
internal import Ledger
internal import Primitives
internal import Records
internal import Synchronization
internal import Testing
internal import Transport

@testable import Node
@testable import Storage

@Suite("A log whose end is damaged", .timeLimit(.minutes(30)))
struct DamagedLogTests {
    /// Four nodes whose batches live for twelve blocks, with three entries of node 0 on the ledger.
    private func world() throws -> MemoryWorld {
        var parameters = Parameters.quick
        parameters.batchHeightsMax = 12
        let world = try MemoryWorld(TestNetwork(parameters: parameters))
        for index in 0..<4 { try world.start(index) }
        for number in UInt64(1)...3 {
            try world.submit(number, at: 0)
            try world.settle(number, at: 0..<4)
        }
        // Whoever opens a log makes durable what it has.
        world.kill(0)
        try world.start(0)
        return world
    }

    /// Flips a bit in the last byte of a log that a sync returned for.
    private func damage(_ part: Repair.Part, of data: String) throws {
        if part == .lastSigned {
            let path = data + "/" + ReplicaLog.lastSignedName
            var bytes = try SmallFile.read(path)
            let slot = bytes.count / 2
            let isFirstOlder = bytes[8..<16].lexicographicallyPrecedes(
                bytes[(slot + 8)..<(slot + 16)])
            let newest = isFirstOlder ? slot : 0
            bytes[newest + 30] ^= 1
            return try SmallFile.write(bytes, to: path)
        }
        let folder = data + "/" + part.rawValue
        let mark = try SyncMark(folder + "/" + AppendLog.markName).position.orThrow()
        let name = try Directory.names(in: folder).last(where: { $0.hasSuffix(".log") })
            .orThrow()
        var bytes = try SmallFile.read(folder + "/" + name, atMost: .max)
        bytes[Int(mark.extent) - 1] ^= 1
        try SmallFile.write(bytes, to: folder + "/" + name)
    }

    /// The node does not start, and names the command that lets it; then it goes on, and signs and
    /// numbers nothing twice.
    @Test(arguments: [Repair.Part.log, .outbox, .evidence, .lastSigned])
    func isRefusedAndRepaired(_ part: Repair.Part) throws {
        let world = try world()
        // Acknowledged, and not on the ledger yet.
        try world.submit(4, at: 0)
        world.kill(0)
        try damage(part, of: world.network.data(0))
        #expect {
            try world.start(0)
        } throws: { error in
            "\(error)".contains("`custos repair \(part.rawValue)`")
        }
        let configuration = world.network.configuration(0)
        #expect(try Repair.setAside(part, of: configuration).count == 1)
        try world.start(0)
        let losesNumbers = part == .outbox || part == .lastSigned
        #expect(try world.machine(0).outboxes.closed.isEmpty == !losesNumbers)
        let isOpen = try world.run {
            try world.machine(0).outboxes.closed.isEmpty
                && world.machine(0).host.state.head.height.blocks > 12
        }
        #expect(isOpen, "\(world.standing)")
        // With the outbox went entry 4, and only with it.
        let next: UInt64 = part == .outbox ? 4 : 5
        #expect(try world.machine(0).outboxes.status.map(\.nextNumber) == [next])
        try world.submit(next, at: 0)
        try world.settle(next, at: 0..<4)
        for index in 0..<4 { #expect(try world.machine(index).evidence.count == 0) }
        for (step, votes) in world.votes[0] ?? [:] {
            #expect(votes.count == 1, "two votes for \(step)")
        }
    }

    /// What was acknowledged and went with the outbox is handed in again: it gets a number, and not
    /// the answer that it has one.
    @Test func lostEntriesAreNumberedWhenTheyAreHandedInAgain() throws {
        let world = try world()
        try world.submit(4, at: 0)
        world.kill(0)
        _ = try Repair.setAside(.outbox, of: world.network.configuration(0))
        try world.start(0)
        let id = world.network.ids[0]
        let answers = Mutex<[String]>([])
        func handInAgain(_ number: UInt64) throws {
            let draft = DraftEntry(TestNetwork.link(issuer: id, number: number), isRepeated: true)
            let responder = Responder { result in
                answers.withLock { $0.append((try? result.get()).map { "\($0)" } ?? "refused") }
            }
            try world.machine(0).number([draft], StreamID(0), [.number(responder)])
            try world.machine(0).syncOutboxes()
        }
        // What is on the ledger has its number; of what is not, nobody can tell yet.
        for number in UInt64(3)...4 { try handInAgain(number) }
        #expect(answers.withLock { $0 } == ["[3]", "refused"])
        let isOpen = try world.run { try world.machine(0).outboxes.closed.isEmpty }
        #expect(isOpen, "\(world.standing)")
        // Another entry takes the number, and the lost one the next.
        try world.submit(5, at: 0)
        try handInAgain(4)
        #expect(try world.machine(0).outboxes.status.map(\.nextNumber) == [6])
        let isAnchored = try world.run {
            try world.machine(1).host.state.nextNumber(of: id, StreamID(0)) == 6
        }
        #expect(isAnchored, "\(world.standing)")
        world.kill(0)
        try world.start(0)
        try handInAgain(4)
        #expect(answers.withLock { $0 } == ["[3]", "refused", "[5]", "[5]"])
        #expect(try world.machine(0).outboxes.status.map(\.nextNumber) == [6])
    }

    /// What no sync had returned for is cut off, and the operator is told.
    @Test(arguments: [Repair.Part.log, .outbox, .evidence])
    func isCutWhereItIsTornAndToldOf(_ part: Repair.Part) throws {
        let world = try world()
        world.kill(0)
        let folder = world.network.data(0) + "/" + part.rawValue
        let name = try Directory.names(in: folder).last(where: { $0.hasSuffix(".log") })
            .orThrow()
        let bytes = try SmallFile.read(folder + "/" + name, atMost: .max)
        try SmallFile.write(bytes + [1, 2, 3, 4, 5], to: folder + "/" + name)
        let lines = LogRecorder.Lines()
        world.lines = lines
        try world.start(0)
        #expect(
            lines.fields.contains(["event": "log.cut", "part": part.rawValue, "bytes": "5"]))
        let metric = "custos_log_cut_bytes{part=\"\(part.rawValue)\"} 5"
        #expect(try world.machine(0).metrics.text.split(separator: "\n").contains(metric[...]))
        try world.submit(4, at: 0)
        try world.settle(4, at: 0..<4)
    }
}
