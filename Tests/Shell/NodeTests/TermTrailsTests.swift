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
    private func ledger(
        _ beforeTheEnd: (MemoryWorld) throws -> Void = { _ in }
    ) throws -> MemoryWorld {
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
        try beforeTheEnd(world)
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
            try (1...head.blocks).reduce(0) {
                try $0 + rows(at: Height($1)).count
            }
        }

        /// The trail rows of a height that are as they were written.
        func rows(at height: Height) throws -> [[UInt8]] {
            guard let directory = try store.trailDirectory(at: height) else { return [] }
            return try (0..<directory.count).compactMap {
                try store.trailRow(directory.extent($0))
            }
        }

        /// Which file has the trail rows of each height that has any.
        func files() throws -> [(height: Height, file: UInt64)] {
            try (1...head.blocks).compactMap { height in
                try store.trailDirectory(at: Height(height)).map { (Height(height), $0.place.file) }
            }
        }

        /// The lists, and their entries, of all patients and of the institution.
        func lists(_ world: MemoryWorld) throws -> [[[UInt8]]] {
            let nodes = try nodes(world)
            let patients = (2...(2 * TermTrailsTests.blockCount)).map {
                Term.patient(TestNetwork.patient($0))
            }
            return try (patients + [.institution(world.network.ids[0])]).map {
                try list(of: $0, in: nodes)
            }
        }

        func nodes(_ world: MemoryWorld) throws -> TreeReader {
            TreeReader(
                store: store,
                index: try EntryIndex(
                    path: world.network.data(1) + "/index", findsByLeafHash: false))
        }

        /// The entries under a term.
        func list(of term: Term, in nodes: TreeReader) throws -> [[UInt8]] {
            let place = try #require(state.map.proof(of: .term(term)))
            let slot = UInt32(truncatingIfNeeded: place.slot)
            let head = try #require(state.map.head(of: term))
            let list = try RunLists(nodes).list(ofSlot: slot, head)
            return try list.heights.flatMap { height in
                try nodes.entries(of: try nodes.run(ofSlot: slot, at: height), slot: slot)
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

    /// What may have become of them.
    enum Loss: CaseIterable {
        case ofAnOlderVersion, filesAreGone, filesAreCut, filesAreFlipped
    }

    /// Takes trail rows from a stopped node's disk.
    private func lose(_ loss: Loss, in folder: String) throws {
        if loss == .ofAnOlderVersion {
            let database = try Database(path: folder)
            // Rows as older versions wrote them, and none as now.
            var group = WriteGroup()
            for height in 1...(2 * TermTrailsTests.blockCount) {
                group.delete(RowKey(Height(height), kind: BlockStore.trailKind).bytes)
            }
            for kind in LedgerRow.Kind.formerTrails {
                let row = LedgerRow(kind: kind, number: 9, bytes: [0x82, 0x01, 0x80])
                group.put(row, at: Height(3))
            }
            return try database.write(group, synced: true)
        }
        for name in try Directory.names(in: folder) where name.hasSuffix(".trails") {
            let path = folder + "/" + name
            var bytes = try SmallFile.read(path)
            switch loss {
            case .filesAreGone: try Directory.remove(path)
            case .filesAreCut: try File(path, flags: File.making).truncate(to: bytes.count / 2)
            default:
                for place in stride(from: 0, to: bytes.count, by: 97) { bytes[place] ^= 1 }
                try Directory.replace(name, in: folder, with: bytes)
            }
        }
    }

    @Test(arguments: Loss.allCases)
    func aDiskWithoutThemAnswersTheSameAndIsFilledByTheCheck(_ loss: Loss) throws {
        let world = try ledger()
        let configuration = world.network.configuration(1)
        let before: [[[UInt8]]]
        do {
            let stopped = try Stopped(world, 1)
            #expect(try stopped.rowCount() > 10)
            before = try stopped.lists(world)
            #expect(before.map(\.count) == [Int](repeating: 1, count: before.count - 1) + [80])
        }
        let all = try Stopped(world, 1).rowCount()
        try lose(loss, in: configuration.data + "/blocks")
        let count = try all - Stopped(world, 1).rowCount()
        #expect(loss == .filesAreCut ? count > 0 && count < all : count == all)
        #expect(try Stopped(world, 1).lists(world) == before)
        if loss == .filesAreFlipped {
            #expect(throws: NodeError.self) { _ = try LedgerCheck.run(configuration) }
        } else {
            #expect(try LedgerCheck.run(configuration).missingTrailRowCount == count)
        }
        let filled = try LedgerCheck.run(configuration, fillsTrails: true)
        #expect(filled.missingTrailRowCount == count)
        for kind in LedgerRow.Kind.formerTrails {
            #expect(try Stopped(world, 1).store.row(kind, at: Height(3), number: 9) == nil)
        }
        #expect(try LedgerCheck.run(configuration).missingTrailRowCount == 0)
        #expect(try Stopped(world, 1).lists(world) == before)
    }

    /// A power cut takes what was not synced: the tail of the file that was written last.
    @Test(arguments: [Loss.filesAreGone, .filesAreCut, .filesAreFlipped])
    func aStartWritesAgainWhatAPowerCutTook(_ loss: Loss) throws {
        let world = try ledger()
        let configuration = world.network.configuration(1)
        let folder = configuration.data + "/blocks"
        let (before, all) = try {
            let stopped = try Stopped(world, 1)
            return (try stopped.lists(world), try stopped.rowCount())
        }()
        // The file of before the restart had been synced when the next one was begun.
        let names = try Directory.names(in: folder).filter { $0.hasSuffix(".trails") }
        #expect(names.count == 2)
        let kept = try SmallFile.read(folder + "/" + names[0])
        try lose(loss, in: folder)
        try Directory.replace(names[0], in: folder, with: kept)
        #expect(try Stopped(world, 1).rowCount() < all)
        if loss == .filesAreGone {
            // Its name was synced before it was written to.
            try Directory.replace(names[1], in: folder, with: [])
        }
        try world.start(1)
        world.kill(1)
        let stopped = try Stopped(world, 1)
        #expect(try stopped.rowCount() == all)
        #expect(try stopped.lists(world) == before)
    }

    /// What a process has in memory of them goes with it.
    @Test func aStartWritesAgainWhatAKillTook() throws {
        var left: [String: [UInt8]] = [:]
        let world = try ledger { world in
            let folder = world.network.data(1) + "/blocks"
            for name in try Directory.names(in: folder) where name.hasSuffix(".trails") {
                left[name] = try SmallFile.read(folder + "/" + name)
            }
        }
        #expect(left.count == 2)
        let folder = world.network.data(1) + "/blocks"
        let (before, all) = try {
            let stopped = try Stopped(world, 1)
            return (try stopped.lists(world), try stopped.rowCount())
        }()
        for (name, bytes) in left { try Directory.replace(name, in: folder, with: bytes) }
        #expect(try Stopped(world, 1).rowCount() < all)
        #expect(try Stopped(world, 1).lists(world) == before)
        try world.start(1)
        world.kill(1)
        #expect(try Stopped(world, 1).rowCount() == all)
        #expect(try Stopped(world, 1).lists(world) == before)
        #expect(try LedgerCheck.run(world.network.configuration(1)).missingTrailRowCount == 0)
    }

    /// A file that is gone leaves its number to the rows that were in it.
    @Test func noFileTakesTheNumberOfOneThatIsGone() throws {
        let world = try ledger()
        let folder = world.network.data(1) + "/blocks"
        for name in try Directory.names(in: folder) where name.hasSuffix(".trails") {
            try Directory.remove(folder + "/" + name)
        }
        try world.start(1)
        world.kill(1)
        let names = try Directory.names(in: folder).filter { $0.hasSuffix(".trails") }
        #expect(!names.isEmpty && names.allSatisfy { $0 > "0000000000000002.trails" })
        let missing = try LedgerCheck.run(world.network.configuration(1)).missingTrailRowCount
        #expect(missing > 0, "those of the first file are too old for a start to look for")
    }

    /// Rows of a list that has one in every turn are asked for ahead.
    @Test func aListOverManyTurnsIsTheSameWithAndWithoutThem() throws {
        let world = try MemoryWorld()
        for index in 0..<4 { try world.start(index) }
        let patient = TestNetwork.patient(1)
        let count: UInt64 = 210
        for number in 1...count {
            try world.submit(number, at: 0, of: patient)
            try world.settle(number, at: 0..<4)
        }
        for index in 0..<4 { world.kill(index) }
        func entries() throws -> [[UInt8]] {
            let stopped = try Stopped(world, 1)
            return try stopped.list(of: .patient(patient), in: stopped.nodes(world))
        }
        let read = try entries()
        #expect(try read.map { try Entry.decode($0).number } == Array(1...count))
        try lose(.filesAreGone, in: world.network.data(1) + "/blocks")
        #expect(try entries() == read)
    }

    @Test func aDirectoryOfThemThatWasChangedIsFoundByTheCheck() throws {
        let world = try ledger()
        let configuration = world.network.configuration(1)
        let height = try #require(try Stopped(world, 1).files().last).height
        do {
            let database = try Database(path: configuration.data + "/blocks")
            let key = RowKey(height, kind: BlockStore.trailKind).bytes
            var bytes = try #require(try database.get(key))
            bytes[bytes.count - 1] ^= 1
            var group = WriteGroup()
            group.put(key, bytes)
            try database.write(group, synced: true)
        }
        #expect {
            _ = try LedgerCheck.run(configuration)
        } throws: { error in
            guard case NodeError.damaged(let what, _) = error else { return false }
            return what == "block \(height)"
        }
    }

    @Test(
        "a directory that is cut short, or none, is refused",
        arguments: [
            [], [0x84], [0x84, 1, 1, 0, 0x43, 1, 2, 3], [0x84, 2, 1, 0, 0x40], [0x80],
            // A row that ends before the one before it.
            [0x84, 1, 1, 0, 0x58, 24] + [0, 0, 0, 1, 0, 0, 0, 9, 0, 0, 0, 0]
                + [0, 0, 0, 2, 0, 0, 0, 8, 0, 0, 0, 0],
        ] as [[UInt8]])
    func refusesDirectories(_ bytes: [UInt8]) {
        #expect(throws: CBORError.self) { _ = try TrailDirectory.decode(bytes) }
    }

    @Test func filesGoWhenTheyHaveNoRowsOfHeightsThatAreKept() throws {
        let world = try ledger()
        let folder = world.network.data(1) + "/blocks"
        let stopped = try Stopped(world, 1)
        let files = try stopped.files()
        let last = try #require(files.last { $0.file == files.first?.file }).height
        var floor = Height(1)
        for next in [last, last.next] {
            try stopped.store.removeBatches(from: floor, below: next)
            floor = next
            let names = try Directory.names(in: folder).filter { $0.hasSuffix(".trails") }
            #expect(names.count == (next == last ? 2 : 1))
        }
        for blocks in floor.blocks...stopped.head.blocks {
            let directory = try stopped.store.trailDirectory(at: Height(blocks))
            #expect(try stopped.rows(at: Height(blocks)).count == directory?.count ?? 0)
        }
        #expect(try stopped.rowCount() > 0)
    }

    @Test func trailsGoWithTheBatchesOfTheirHeight() throws {
        let world = try ledger()
        let stopped = try Stopped(world, 1)
        let floor = Height(70)
        try stopped.store.removeBatches(from: Height(1), below: floor)
        for blocks in 1...stopped.head.blocks {
            let rows = try stopped.rows(at: Height(blocks))
            if blocks < floor.blocks { #expect(rows.isEmpty) }
        }
        #expect(try stopped.rowCount() > 0)
    }
}
