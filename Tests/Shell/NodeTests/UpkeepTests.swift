internal import Consensus
internal import Foundation
internal import Hosting
internal import Ledger
internal import Primitives
internal import Records
internal import Storage
internal import Testing

@testable import Node

@Suite("Upkeep of a stopped node", .timeLimit(.minutes(30)))
struct UpkeepTests {
    /// Four nodes with some entries on their ledgers, stopped.
    private func ledger(
        of count: UInt64 = 4, _ pace: TrailPace = .standard
    ) throws -> MemoryWorld {
        let world = try MemoryWorld()
        world.trailPace = pace
        for index in 0..<4 { try world.start(index) }
        for number in 1...count {
            // One by one, so that each has a block of its own.
            try world.submit(number, at: 0)
            try world.settle(number, at: 0..<4)
        }
        for index in 0..<4 { world.kill(index) }
        return world
    }

    @Test func derivesTheWholeLedgerAgainFromItsBlocks() throws {
        let world = try ledger()
        let check = try LedgerCheck.run(world.network.configuration(2))
        #expect(check.entries == 4)
        #expect(check.height > .genesis)
        #expect(check.rowCount > 0)
        #expect(check.prunedRowCount == 0)
    }

    /// Each kind of row in turn is changed by one bit in its middle.
    @Test(arguments: [
        LedgerRow.Kind.block, .batch, .tree, .runs, .changes, .chunk,
    ])
    func namesTheHeightOfARowThatWasChanged(_ kind: LedgerRow.Kind) throws {
        let world = try ledger()
        let height = try UpkeepTests.flip(kind, in: world.network.configuration(1).data)
        try findsChange(of: "\(kind)", at: height, in: world)
    }

    /// Trails of a patient stand with the block with which their turn ends, here each block.
    @Test(arguments: [false, true])
    func namesTheHeightOfTrailsThatWereChanged(_ isDirectory: Bool) throws {
        let world = try ledger(of: 20, TrailPace(blockWeight: 8, turnWeight: 9))
        let folder = world.network.configuration(1).data + "/blocks"
        let height = try {
            let store = try BlockStore(path: folder)
            let (turn, directory) = try #require(
                try (1...store.headHeight().blocks).lazy.map(Height.init).flatMap { height in
                    try store.trailDirectories(at: height)
                }.compactMap { turn, directory in directory.map { (turn, $0) } }
                    .last { $0.1.count > 0 })
            let height = turn.end
            if isDirectory {
                let key = RowKey(height, kind: BlockStore.trailKind, number: turn.number).bytes
                var bytes = directory.encode()
                bytes[bytes.count - 6] ^= 1
                var group = WriteGroup()
                group.put(key, bytes)
                try store.database.write(group, synced: true)
            } else {
                let name = try #require(
                    try Directory.names(in: folder).last { $0.hasSuffix(".trails") })
                var bytes = try SmallFile.read(folder + "/" + name)
                let extent = directory.extent(directory.count - 1)
                bytes[Int(extent.place.offset) + extent.byteCount / 2] ^= 1
                try Directory.replace(name, in: folder, with: bytes)
            }
            return height
        }()
        try findsChange(of: isDirectory ? "trailDirectory" : "trail", at: height, in: world)
    }

    private func findsChange(
        of kind: String, at height: Height, in world: MemoryWorld
    ) throws {
        let configuration = world.network.configuration(1)
        #expect {
            _ = try LedgerCheck.run(configuration, trailPace: world.trailPace)
        } throws: { error in
            guard case NodeError.damaged(let what, _) = error else { return false }
            return what == "block \(height)"
        }
        let report = try Divergence.find(configuration, world.network.configuration(3))
        #expect(report.first?.height == height)
        #expect(report.first?.kind == kind)
    }

    @Test func findsNoDifferenceBetweenReplicas() throws {
        let world = try ledger()
        let report = try Divergence.find(
            world.network.configuration(0), world.network.configuration(3))
        #expect(report.first == nil)
        #expect(report.heads.allSatisfy { $0 > .genesis })
    }

    @Test func restoresACopyThatDoesNotVoteAsIfItWereNew() throws {
        let world = try ledger()
        let configuration = world.network.configuration(0)
        let copy = world.network.root + "/copy"
        let made = try Backup.make(of: configuration, in: copy)
        let before = try LedgerCheck.run(configuration)
        try FileManager.default.removeItem(atPath: configuration.data)
        let restored = try Backup.restore(copy, to: configuration)
        #expect(restored == made)
        let after = try LedgerCheck.run(configuration)
        #expect(after.treeRoot == before.treeRoot && after.height == before.height)
        try world.start(0)
        let replica = try world.machine(0).host.replica
        #expect(replica.signsFrom > after.height.next, "nobody has told it from where on to sign")
    }

    @Test func refusesACopyWithAFlippedBitAndWritesNothing() throws {
        let world = try ledger(of: 2)
        var configuration = world.network.configuration(0)
        let copy = world.network.root + "/copy"
        _ = try Backup.make(of: configuration, in: copy)
        let folder = copy + "/outbox"
        let name = try Directory.names(in: folder).first.orThrow()
        var bytes = try SmallFile.read(folder + "/" + name)
        bytes[bytes.count / 2] ^= 1
        try Directory.replace(name, in: folder, with: bytes)
        configuration.data += "-new"
        #expect(throws: NodeError.self) { try Backup.restore(copy, to: configuration) }
        #expect(!Directory.exists(configuration.data))
    }

    @Test func refusesADirectoryThatANodeHolds() throws {
        let world = try MemoryWorld()
        try world.start(0)
        #expect {
            _ = try Backup.make(
                of: world.network.configuration(0), in: world.network.root + "/copy")
        } throws: { error in
            if case NodeError.storage(.locked) = error { true } else { false }
        }
    }

    /// A bit of the log flips in what was synced: the node refuses and names the command; once the
    /// log is set aside it goes on, and signs nothing that it had signed before.
    @Test func goesOnWithoutADamagedLogAndSignsNothingTwice() throws {
        let world = try ledger(of: 2)
        // Whoever opens a log makes durable what it has.
        try world.start(0)
        world.kill(0)
        let folder = world.network.data(0) + "/log"
        let name = try Directory.names(in: folder).first.orThrow()
        var bytes = try SmallFile.read(folder + "/" + name, atMost: .max)
        bytes[60] ^= 1
        try Directory.replace(name, in: folder, with: bytes)
        #expect {
            try world.start(0)
        } throws: { error in
            "\(error)".contains("custos repair")
        }
        let paths = try Repair.setAside(.log, of: world.network.configuration(0))
        #expect(paths.count == 1 && Directory.exists(paths[0]))
        for index in 0..<4 { try world.start(index) }
        try world.submit(3, at: 0)
        let goesOn = try world.run {
            try (0..<4).allSatisfy {
                let id = world.network.ids[0]
                return try world.machine($0).host.state.nextNumber(of: id, StreamID(0)) == 4
            }
        }
        #expect(goesOn, "\(world.standing)")
        for (step, votes) in world.votes[0] ?? [:] {
            #expect(votes.count == 1, "two votes for \(step)")
        }
    }

    /// The blocks are gone: they come from the peers, and the key still signs nothing twice.
    @Test func fetchesBlocksThatWereSetAside() throws {
        let world = try ledger(of: 3)
        _ = try Repair.setAside(.blocks, of: world.network.configuration(2))
        #expect(!Directory.exists(world.network.data(2) + "/blocks"))
        for index in 0..<4 { try world.start(index) }
        let isThere = try world.run {
            let heights = try (0..<4).map { try world.machine($0).written }
            return heights.allSatisfy { $0.blocks >= 3 } && Set(heights).count == 1
        }
        #expect(isThere, "\(world.standing)")
        for index in 0..<4 { world.kill(index) }
        let report = try Divergence.find(
            world.network.configuration(0), world.network.configuration(2))
        #expect(report.first == nil)
        for (step, votes) in world.votes[2] ?? [:] {
            #expect(votes.count == 1, "two votes for \(step)")
        }
    }

    /// Another data folder does not help a second process: the key itself is held.
    @Test func refusesASecondNodeWithTheSameKey() throws {
        let world = try MemoryWorld()
        try world.start(0)
        var configuration = world.network.configuration(0)
        configuration.data += "-second"
        #expect {
            _ = try Node.open(try NodeSetup(configuration))
        } throws: { error in
            if case NodeError.keyInUse = error { true } else { false }
        }
    }

    /// Rows that no restart needs are deleted, and the node starts from what is left.
    @Test func startsAgainFromADiskWhoseOldStateRowsAreGone() throws {
        let world = try ledger(of: 5)
        let configuration = world.network.configuration(1)
        let store = try BlockStore(path: configuration.data + "/blocks")
        let head = try store.headHeight()
        let needed = try store.block(at: head).orThrow().proof.stateRowsFrom
        #expect(needed > Height(1), "too few blocks for a whole turn of the snapshot")
        let index = try EntryIndex(path: configuration.data + "/index", findsByLeafHash: false)
        let pruner = try StatePruner(
            store: store, index: index, limits: .init(byteCount: 1, heightCount: 1_000))
        try pruner.note(needed: Height(1), at: Height(1), byteCount: 10)
        #expect(try store.row(.changes, at: Height(1)) != nil)
        try pruner.note(needed: needed, at: head, byteCount: 10)
        #expect(try store.row(.changes, at: Height(1)) == nil)
        #expect(try store.row(.changes, at: needed) != nil)
        let restart = try Restart(store, genesis: world.network.genesis)
        #expect(restart.state.head.height == head)
        for height in 1...head.blocks {
            for bytes in try store.batches(at: Height(height)) {
                let batch = try UnverifiedBatch(decoding: bytes)
                #expect(restart.state.committed(batch: batch.digest)?.height == Height(height))
            }
        }
    }

    /// A disk on which the last rows for restarts are of the form of the versions before this one.
    @Test func takesRowsOfAnOlderVersionForWhatTheyAre() throws {
        let world = try ledger()
        let configuration = world.network.configuration(1)
        try UpkeepTests.writeFormerRows(world.network.genesis, in: configuration.data)
        let check = try LedgerCheck.run(configuration)
        #expect(check.entries == 4 && check.prunedRowCount == 0)
        #expect(try Divergence.find(configuration, world.network.configuration(3)).first == nil)
        for index in 0..<4 { try world.start(index) }
        try world.submit(5, at: 0)
        try world.settle(5, at: 0..<4)
        for index in 0..<4 { world.kill(index) }
        try UpkeepTests.writeFormerRows(world.network.genesis, in: configuration.data)
        let height = try UpkeepTests.flip(.changes, in: configuration.data)
        #expect {
            _ = try LedgerCheck.run(configuration)
        } throws: { error in
            guard case NodeError.damaged(let what, _) = error else { return false }
            return what == "block \(height)"
        }
    }

    /// One node's runs are of an older form: both are brought to one before they are compared.
    @Test func findsAChangeInARowOfAnOlderVersion() throws {
        let world = try ledger()
        let configuration = world.network.configuration(1)
        try UpkeepTests.writeFormerRows(world.network.genesis, in: configuration.data)
        let height = try UpkeepTests.flip(.runs, in: configuration.data)
        try findsChange(of: "runs", at: height, in: world)
    }

    /// Executes the blocks of a node once more, and leaves what an older version would have left.
    private static func writeFormerRows(_ genesis: Genesis, in data: String) throws {
        let rows = try formerRows(genesis, of: try BlockStore(path: data + "/blocks"))
        #expect(!rows.isEmpty)
        var group = WriteGroup()
        for (key, bytes) in rows { group.put(key.bytes, bytes) }
        let database = try Database(path: data + "/blocks")
        try database.write(group, synced: true)
    }

    private static func formerRows(
        _ genesis: Genesis, of store: BlockStore
    ) throws -> [(RowKey, [UInt8])] {
        var state = LedgerState(genesis: genesis)
        var rows: [(RowKey, [UInt8])] = []
        while let stored = try store.block(at: state.head.height.next) {
            let height = state.head.height.next
            var batches: [VerifiedBatch] = []
            for bytes in try store.batches(at: height) {
                batches.append(try UnverifiedBatch(decoding: bytes).verify(against: state))
            }
            let executed = try state.check(try Block.decode(stored.block), with: batches)
            for row in state.apply(executed) where [.changes, .runs].contains(row.kind) {
                let start: UInt8 = row.kind == .changes ? 0x86 : 0x83
                let former = state.row(row, of: executed, inTheFormOf: [start, 0x01])
                #expect(former != row)
                rows.append((RowKey(height, kind: row.kind.rawValue), former.bytes))
            }
        }
        return rows
    }

    /// Flips a bit in the last row of a kind, in its middle unless told where; returns its height.
    static func flip(
        _ kind: LedgerRow.Kind, in data: String, isCut: Bool = true,
        at place: (Int) -> Int = { $0 / 2 }
    ) throws -> Height {
        let database = try Database(path: data + "/blocks")
        let rowKind = isCut ? BlockStore.pieceKind(kind) ?? kind.rawValue : kind.rawValue
        var cursor = database.cursor()
        while try cursor.previous() {
            guard let key = RowKey(cursor.key), key.kind == rowKind else { continue }
            var bytes = cursor.value
            bytes[place(bytes.count)] ^= 1
            var group = WriteGroup()
            group.put(key.bytes, bytes)
            try database.write(group, synced: true)
            return key.height
        }
        throw StorageError.notFound(path: data, what: "a row of kind \(kind)")
    }
}
