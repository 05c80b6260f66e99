internal import Hosting
internal import Ledger
internal import Primitives
internal import Records
internal import Storage
internal import Testing

@testable import Node

@Suite("Trails on the disk", .timeLimit(.minutes(30)), .serialized)
struct TermTrailsTests {
    private static let blockCount: UInt64 = 80

    /// Four nodes with a block for each of some entries, of which one starts anew on the way.
    private func ledger() throws -> MemoryWorld {
        let world = try MemoryWorld()
        for index in 0..<4 { try world.start(index) }
        for number in 1...TermTrailsTests.blockCount {
            if number == 70 {
                world.kill(1)
                try world.start(1)
            }
            try world.submit(number, at: 0)
            try world.settle(number, at: 0..<4)
        }
        for index in 0..<4 { world.kill(index) }
        return world
    }

    private struct Stopped {
        let store: BlockStore
        let state: LedgerState
        let head: Height

        init(_ world: MemoryWorld, _ index: Int) throws {
            store = try BlockStore(path: world.network.data(index) + "/blocks")
            state = try Restart(store, genesis: world.network.genesis).state
            head = state.head.height
        }

        func rowCount() throws -> Int {
            try (1...head.blocks).reduce(0) { try $0 + store.trailRows(at: Height($1)).count }
        }

        /// The lists, and their entries, of all patients and of the institution.
        func lists(_ world: MemoryWorld) throws -> [[[UInt8]]] {
            let data = world.network.data(1)
            let nodes = TreeReader(
                store: store,
                index: try EntryIndex(path: data + "/index", findsByLeafHash: false))
            let patients = (2...(2 * TermTrailsTests.blockCount)).map {
                Term.patient(TestNetwork.patient($0))
            }
            return try (patients + [.institution(world.network.ids[0])]).map { term in
                let place = try #require(state.map.proof(of: .term(term)))
                let slot = UInt32(truncatingIfNeeded: place.slot)
                let head = try #require(state.map.head(of: term))
                let list = try RunLists(nodes).list(ofSlot: slot, head)
                return try list.heights.flatMap { height in
                    try nodes.entries(of: try nodes.run(ofSlot: slot, at: height), slot: slot)
                }
            }
        }
    }

    @Test func nodesWriteTheSameTrailsAcrossARestartAndTheCheckDerivesThem() throws {
        let world = try ledger()
        let report = try Divergence.find(
            world.network.configuration(1), world.network.configuration(2))
        #expect(report.first == nil)
        #expect(try Stopped(world, 1).rowCount() > 20)
        let check = try LedgerCheck.run(world.network.configuration(1))
        #expect(check.missingTrailRowCount == 0)
    }

    @Test(arguments: [LedgerRow.Kind.trails, [.trailDirectory]])
    func aDiskWithoutThemAnswersTheSameAndIsFilledByTheCheck(
        _ kinds: [LedgerRow.Kind]
    ) throws {
        let world = try ledger()
        let configuration = world.network.configuration(1)
        let count: Int
        let before: [[[UInt8]]]
        do {
            let stopped = try Stopped(world, 1)
            count = try (1...stopped.head.blocks).reduce(0) { sum, height in
                try sum
                    + stopped.store.trailRows(at: Height(height)).count { kinds.contains($0.kind) }
            }
            #expect(count > 10)
            before = try stopped.lists(world)
            #expect(before.map(\.count) == [Int](repeating: 1, count: before.count - 1) + [80])
        }
        do {
            let database = try Database(path: configuration.data + "/blocks")
            for height in 1...(2 * TermTrailsTests.blockCount) {
                for kind in kinds {
                    try database.deleteRange(.rows(Height(height), kind: kind.rawValue))
                }
            }
            // Rows as older versions wrote them.
            var group = WriteGroup()
            for kind in LedgerRow.Kind.formerTrails {
                let row = LedgerRow(kind: kind, number: 9, bytes: [0x82, 0x01, 0x80])
                group.put(row, at: Height(3))
            }
            try database.write(group, synced: true)
        }
        #expect(try Stopped(world, 1).lists(world) == before)
        #expect(try LedgerCheck.run(configuration).missingTrailRowCount == count)
        let filled = try LedgerCheck.run(configuration, fillsTrails: true)
        #expect(filled.missingTrailRowCount == count)
        for kind in LedgerRow.Kind.formerTrails {
            #expect(try Stopped(world, 1).store.row(kind, at: Height(3), number: 9) == nil)
        }
        #expect(try LedgerCheck.run(configuration).missingTrailRowCount == 0)
        #expect(try Stopped(world, 1).lists(world) == before)
    }

    @Test func trailsGoWithTheBatchesOfTheirHeight() throws {
        let stopped = try Stopped(try ledger(), 1)
        let floor = Height(70)
        try stopped.store.removeBatches(from: Height(1), below: floor)
        for blocks in 1...stopped.head.blocks {
            let rows = try stopped.store.trailRows(at: Height(blocks))
            if blocks < floor.blocks { #expect(rows.isEmpty) }
        }
        #expect(try stopped.rowCount() > 0)
    }
}
