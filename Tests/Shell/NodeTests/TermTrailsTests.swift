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
    /// Each block of one entry is a turn.
    private static let pace = TrailPace(blockWeight: 8, turnWeight: 9)

    /// Four nodes with a block for each of some entries, of which one starts anew on the way.
    private func ledger(
        startingAnewAt anew: UInt64 = 70, _ beforeTheEnd: (MemoryWorld) throws -> Void = { _ in }
    ) throws -> MemoryWorld {
        let world = try MemoryWorld()
        world.trailPace = TermTrailsTests.pace
        for index in 0..<4 { try world.start(index) }
        for number in 1...TermTrailsTests.blockCount {
            if number == anew {
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
            store = try BlockStore(
                path: world.network.data(index) + "/blocks", trailPace: world.trailPace)
            state = try Restart(store, genesis: world.network.genesis).state
            head = state.head.height
            try store.recallTrails(state, mending: false)
        }

        func rowCount() throws -> Int {
            try (1...head.blocks).reduce(0) {
                try $0 + rows(at: Height($1)).count
            }
        }

        /// The trail rows of a height that are as they were written.
        func rows(at height: Height) throws -> [[UInt8]] {
            try store.trailDirectories(at: height).flatMap { (_, directory) -> [[UInt8]] in
                guard let directory else { return [] }
                return try (0..<directory.count).compactMap {
                    try store.trailRow(directory.extent($0))
                }
            }
        }

        /// Which file has the trail rows of each height that has any.
        func files() throws -> [(height: Height, file: UInt64)] {
            try (1...head.blocks).flatMap { height in
                try store.trailDirectories(at: Height(height))
                    .compactMap(\.directory).filter { $0.count > 0 }
                    .map { (Height(height), $0.place.file) }
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

    private func check(
        _ world: MemoryWorld, fillsTrails: Bool = false
    ) throws -> LedgerCheck {
        try LedgerCheck.run(
            world.network.configuration(1), fillsTrails: fillsTrails, trailPace: world.trailPace)
    }

    @Test func nodesWriteTheSameTrailsAcrossARestartAndTheCheckDerivesThem() throws {
        let world = try ledger()
        let report = try Divergence.find(
            world.network.configuration(1), world.network.configuration(2))
        #expect(report.first == nil)
        #expect(try Stopped(world, 1).rowCount() > 20)
        let check = try check(world)
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
                let range = KeyRange.rows(Height(height), kind: BlockStore.trailKind)
                var cursor = database.cursor(range)
                while try cursor.next() { group.delete(cursor.key) }
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
            #expect(throws: NodeError.self) { _ = try check(world) }
        } else {
            #expect(try check(world).missingTrailRowCount == count)
        }
        let filled = try check(world, fillsTrails: true)
        #expect(filled.missingTrailRowCount == count)
        for kind in LedgerRow.Kind.formerTrails {
            #expect(try Stopped(world, 1).store.row(kind, at: Height(3), number: 9) == nil)
        }
        #expect(try check(world).missingTrailRowCount == 0)
        #expect(try Stopped(world, 1).lists(world) == before)
    }

    /// A power cut takes what was not synced: the tail of the file that was written last, which
    /// may have rows of more than a lap.
    @Test(arguments: [Loss.filesAreGone, .filesAreCut, .filesAreFlipped], [20, 70] as [UInt64])
    func aStartWritesAgainWhatAPowerCutTook(_ loss: Loss, _ anew: UInt64) throws {
        let world = try ledger(startingAnewAt: anew)
        let configuration = world.network.configuration(1)
        let folder = configuration.data + "/blocks"
        let (before, all) = try {
            let stopped = try Stopped(world, 1)
            return (try stopped.lists(world), try stopped.rowCount())
        }()
        // The file of before the restart had been synced when the next one was begun.
        let names = try Directory.names(in: folder).filter { $0.hasSuffix(".trails") }
        try #require(names.count == 2)
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
        #expect(try check(world).missingTrailRowCount == 0)
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
        let missing = try check(world).missingTrailRowCount
        #expect(missing > 0, "those of the first file are too old for a start to look for")
    }

    /// Blocks that end a turn, more than two, and less than half of one.
    private static let paces = [
        pace, TrailPace(blockWeight: 8, turnWeight: 4), TrailPace(blockWeight: 8, turnWeight: 20),
    ]

    /// Rows of a list that has one in every lap are asked for ahead.
    @Test(arguments: paces)
    func aListOverManyTurnsIsReadFromThemAloneAndWithoutThem(_ pace: TrailPace) throws {
        let world = try MemoryWorld()
        world.trailPace = pace
        for index in 0..<4 { try world.start(index) }
        let patient = TestNetwork.patient(1)
        let count: UInt64 = 210
        for number in 1...count {
            try world.submit(number, at: 0, of: patient)
            try world.settle(number, at: 0..<4)
        }
        for index in 0..<4 { world.kill(index) }
        let read = try entries(of: patient, world)
        #expect(try read.map { try Entry.decode($0).number } == Array(1...count))
        #expect(try entries(of: patient, world, withoutBlocksTo: Height(500)) == read)
        try lose(.filesAreGone, in: world.network.data(1) + "/blocks")
        #expect(try entries(of: patient, world) == read)
    }

    /// Those before it are found by the heights of its blocks.
    @Test func aDirectoryThatIsGoneHidesItsOwnRowsAlone() throws {
        let world = try MemoryWorld()
        // A lap has 28 blocks.
        world.trailPace = TermTrailsTests.paces[1]
        for index in 0..<4 { try world.start(index) }
        let patient = TestNetwork.patient(1)
        for number in UInt64(1)...210 {
            try world.submit(number, at: 0, of: patient)
            try world.settle(number, at: 0..<4)
        }
        for index in 0..<4 { world.kill(index) }
        let read = try entries(of: patient, world)
        let before = try {
            let stopped = try Stopped(world, 1)
            let slot = try #require(stopped.state.map.proof(of: .term(.patient(patient)))).slot
            let turns = try (100...stopped.head.blocks).flatMap {
                try stopped.store.trailDirectories(at: Height($0))
            }
            let (turn, directory) = try #require(
                turns.first { $0.turn.number % TrailPace.turnCount == slot % TrailPace.turnCount })
            var group = WriteGroup()
            group.delete(BlockStore.directoryKey(turn))
            try stopped.store.database.write(group, synced: true)
            return try #require(directory).previousEnd
        }()
        #expect(before > Height(60))
        #expect(
            try entries(of: patient, world, withoutBlocksTo: Height(before.blocks - 1)) == read)
    }

    /// The entries of a patient, where trail rows are all that there is to read of blocks.
    private func entries(
        of patient: OpaqueID, _ world: MemoryWorld, withoutBlocksTo last: Height = .genesis
    ) throws -> [[UInt8]] {
        let stopped = try Stopped(world, 1)
        var taken = WriteGroup()
        var kept = WriteGroup()
        for height in 0..<min(last, stopped.head).blocks {
            for kind in [LedgerRow.Kind.runs.rawValue, LedgerRow.Kind.batch.rawValue, 15] {
                var cursor = stopped.store.database.cursor(.rows(Height(height + 1), kind: kind))
                while try cursor.next() {
                    kept.put(cursor.key, cursor.value)
                    taken.delete(cursor.key)
                }
            }
        }
        try stopped.store.database.write(taken, synced: true)
        defer { try? stopped.store.database.write(kept, synced: true) }
        return try stopped.list(of: .patient(patient), in: stopped.nodes(world))
    }

    /// Turns that lie far behind are not followed one by one: of a list that has many runs there
    /// the first is read from its block, and the turn of the others is looked for.
    @Test func aListThatEndsFarBehindIsReadFromThemAsWell() throws {
        let world = try MemoryWorld()
        world.trailPace = TrailPace(blockWeight: 8, turnWeight: 1)
        for index in 0..<4 { try world.start(index) }
        let patient = TestNetwork.patient(1)
        // A lap has seven blocks.
        for number in UInt64(1)...250 {
            let isTheirs = number <= 40 || number == 90 || number > 245
            try world.submit(number, at: 0, of: isTheirs ? patient : TestNetwork.patient(2))
            try world.settle(number, at: 0..<4)
        }
        for index in 0..<4 { world.kill(index) }
        let read = try entries(of: patient, world)
        #expect(read.count == 46)
        #expect(try entries(of: patient, world, withoutBlocksTo: Height(39)) == read)
        try lose(.filesAreGone, in: world.network.data(1) + "/blocks")
        #expect(try entries(of: patient, world) == read)
    }

    /// A node goes on with what an older version wrote, and with what it pruned.
    @Test(arguments: [false, true])
    func aLedgerGoesOnWithoutThoseOfBefore(_ isPruned: Bool) throws {
        let world = try ledger()
        let all = try Stopped(world, 2).rowCount()
        if isPruned {
            try Stopped(world, 1).store.removeBatches(from: Height(1), below: Height(40))
        } else {
            try lose(.ofAnOlderVersion, in: world.network.data(1) + "/blocks")
        }
        for index in 0..<4 { try world.start(index) }
        let end = TermTrailsTests.blockCount + 70
        for number in (TermTrailsTests.blockCount + 1)...end {
            try world.submit(number, at: 0)
            try world.settle(number, at: 0..<4)
        }
        for index in 0..<4 { world.kill(index) }
        let report = try Divergence.find(
            world.network.configuration(1), world.network.configuration(2))
        #expect(report.first == nil)
        let (ours, theirs) = (try Stopped(world, 1), try Stopped(world, 2))
        let count = try ours.rowCount()
        #expect(try count > 0 && count < theirs.rowCount())
        if isPruned { return }
        #expect(try ours.lists(world) == theirs.lists(world))
        #expect(try count + all == theirs.rowCount())
    }

    @Test func aDirectoryOfThemThatWasChangedIsFoundByTheCheck() throws {
        let world = try ledger()
        let configuration = world.network.configuration(1)
        let height = try #require(try Stopped(world, 1).files().last).height
        do {
            let database = try Database(path: configuration.data + "/blocks")
            var cursor = database.cursor(.rows(height, kind: BlockStore.trailKind))
            #expect(try cursor.next())
            let key = cursor.key
            var bytes = cursor.value
            bytes[bytes.count - 1] ^= 1
            var group = WriteGroup()
            group.put(key, bytes)
            try database.write(group, synced: true)
        }
        #expect {
            _ = try check(world)
        } throws: { error in
            guard case NodeError.damaged(let what, _) = error else { return false }
            return what == "block \(height)"
        }
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
            let count = try stopped.store.trailDirectories(at: Height(blocks))
                .reduce(0) { $0 + ($1.directory?.count ?? 0) }
            #expect(try stopped.rows(at: Height(blocks)).count == count)
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
