internal import Cryptography
internal import Hosting
internal import Ledger
internal import Primitives
internal import Records
internal import Storage
internal import Testing

@testable import Node

@Suite("Look-ups of one entry", .timeLimit(.minutes(30)))
struct LookupTests {
    /// The entries that have a block of their own, and all.
    private static let alone: UInt64 = 12
    private static let count: UInt64 = 52

    /// Four nodes with an entry in each of some blocks, and a batch of many in the last, stopped.
    private func ledger() throws -> MemoryWorld {
        let world = try MemoryWorld()
        for index in 0..<4 { try world.start(index) }
        for number in 1...LookupTests.alone {
            try world.submit(number, at: 0)
            try world.settle(number, at: [1])
        }
        try world.submit((LookupTests.alone + 1)...LookupTests.count, at: 0)
        try world.settle(LookupTests.count, at: [1])
        for index in 0..<4 { world.kill(index) }
        return world
    }

    private func reader(_ world: MemoryWorld) throws -> TreeReader {
        let data = world.network.data(1)
        return TreeReader(
            store: try BlockStore(path: data + "/blocks"),
            index: try EntryIndex(path: data + "/index", findsByLeafHash: false))
    }

    @Test("by leaf and by number every entry is the same, asked for in any order, and again")
    func agree() throws {
        let world = try ledger()
        let nodes = try reader(world)
        let id = world.network.ids[0]
        var places: [UInt64: EntryAnswer] = [:]
        for number in 1...LookupTests.count {
            let answer = try nodes.entry(id, StreamID(0), number: number)
            places[answer.leafIndex] = answer
        }
        let leaves = Array(0..<LookupTests.count)
        for leaf in leaves + leaves.reversed() + [3, 7, 3] {
            #expect(try nodes.entry(at: leaf) == #require(places[leaf]))
        }
        for leaf in [LookupTests.count, .max] {
            #expect(throws: QueryError.self) { _ = try nodes.entry(at: leaf) }
        }
    }

    @Test(
        "an entry whose bytes or leaf are not what was decided is not handed out",
        arguments: [LedgerRow.Kind.batch, .tree])
    func damaged(_ kind: LedgerRow.Kind) throws {
        let world = try ledger()
        // In the last entry, at the end of its batch; in the first leaf hash of the last tree row.
        _ = try UpkeepTests.flip(kind, in: world.network.data(1)) {
            kind == .batch ? $0 - 10 : 10
        }
        try expectRefusal(of: kind == .batch ? LookupTests.count - 1 : LookupTests.alone, world)
    }

    private func expectRefusal(of leaf: UInt64, _ world: MemoryWorld) throws {
        let nodes = try reader(world)
        var refused: [UInt64] = []
        for leaf in 0..<LookupTests.count {
            do throws(QueryError) {
                #expect(try nodes.entry(at: leaf).leafIndex == leaf)
            } catch {
                guard case .damaged = error else {
                    Issue.record("leaf \(leaf): \(error)")
                    continue
                }
                refused.append(leaf)
            }
        }
        #expect(refused == [leaf])
    }

    /// Batches and tree rows in one piece, as versions before this one wrote them.
    private func makeFormer(_ world: MemoryWorld) throws {
        let store = try BlockStore(path: world.network.data(1) + "/blocks")
        var pieces = 0
        for blocks in 1...(try store.headHeight().blocks) {
            let height = Height(blocks)
            var group = WriteGroup()
            for kind in [LedgerRow.Kind.batch, .tree] {
                for (number, bytes) in try store.rows(kind, at: height).enumerated() {
                    group.put(
                        RowKey(height, kind: kind.rawValue, number: UInt64(number)).bytes, bytes)
                }
                let pieceKind = try #require(BlockStore.pieceKind(kind))
                var cursor = store.database.cursor(.rows(height, kind: pieceKind))
                while try cursor.next() {
                    group.delete(cursor.key)
                    pieces += 1
                }
            }
            try store.database.write(group, synced: true)
        }
        #expect(pieces > 2 * Int(LookupTests.alone) + 3)
    }

    @Test("blocks of an older version, uncut, give the same entries and the same proofs")
    func formerBlocks() throws {
        let world = try ledger()
        func proofs() throws -> [InclusionProof] {
            let nodes = try reader(world)
            return try (0..<LookupTests.count).map {
                try nodes.inclusion(of: $0, treeSize: LookupTests.count)
            }
        }
        let before = (try answers(world), try proofs())
        try makeFormer(world)
        #expect(try answers(world) == before.0)
        #expect(try proofs() == before.1)
        #expect(
            try Divergence.find(
                world.network.configuration(1), world.network.configuration(2)
            ).first == nil)
        _ = try UpkeepTests.flip(.batch, in: world.network.data(1), isCut: false) { $0 - 10 }
        try expectRefusal(of: LookupTests.count - 1, world)
    }

    private func answers(_ world: MemoryWorld) throws -> [EntryAnswer] {
        let nodes = try reader(world)
        return try (0..<LookupTests.count).map { try nodes.entry(at: $0) }
    }

    @Test("what an answer says of its block is in the index: the block's row is not read")
    func blockIsNotRead() throws {
        let world = try ledger()
        let before = try answers(world)
        _ = try UpkeepTests.flip(.block, in: world.network.data(1)) { _ in 60 }
        #expect(try answers(world) == before)
    }

    @Test("an index that is filled from the blocks is the one that was filled with them")
    func filledIndex() throws {
        let world = try ledger()
        func rows() throws -> [[UInt8]: [UInt8]] {
            let database = try Database(path: world.network.data(1) + "/index")
            var rows: [[UInt8]: [UInt8]] = [:]
            var cursor = database.cursor(KeyRange(lower: [1], upper: [7]))
            while try cursor.next() { rows[cursor.key] = cursor.value }
            return rows
        }
        let (before, written) = (try answers(world), try rows())
        #expect(written.count >= 2 * Int(LookupTests.alone))
        _ = try Repair.setAside(.index, of: world.network.configuration(1))
        try world.start(1)
        world.kill(1)
        #expect(try rows() == written)
        #expect(try answers(world) == before)
    }

    @Test("an entry of a block stands in the batch that has its place")
    func places() throws {
        let block = IndexedBlock(
            height: Height(9), time: Timestamp(milliseconds: -7), firstLeaf: 100, count: 6,
            batches: [3, 1, 2].map { .init(digest: .zero, count: $0) })
        let places: [(leaf: UInt64, batch: Int?, entry: Int?)] = [
            (99, nil, nil), (100, 0, 0), (102, 0, 2), (103, 1, 0), (104, 2, 0), (105, 2, 1),
            (106, nil, nil), (.max, nil, nil),
        ]
        for row in places {
            let place = block.place(ofLeaf: row.leaf)
            #expect(place?.batch == row.batch && place?.entry == row.entry, "\(row)")
        }
        #expect(IndexedBlock(block.bytes) == block)
        for cut in [0, 31, 33, block.bytes.count - 1] {
            #expect(IndexedBlock(Array(block.bytes.prefix(cut))) == nil)
        }
    }

    /// Blocks by their first leaf, as versions before this one wrote them: with the lengths of
    /// their batches, and before that without.
    ///
    /// Half of them, as where this version went on.
    @Test("an index of an older version finds the same entries", arguments: [true, false])
    func formerIndex(_ namesBatches: Bool) throws {
        let world = try ledger()
        let before = try answers(world)
        do {
            let database = try Database(path: world.network.data(1) + "/index")
            var group = WriteGroup()
            for answer in before.prefix(Int(LookupTests.alone / 2)) {
                let leaf = answer.leafIndex.bigEndianBytes
                #expect(try database.get([6] + leaf)?.isEmpty == false)
                group.delete([6] + leaf)
                var row = answer.height.blocks.bigEndianBytes + leaf
                row += UInt64(1).bigEndianBytes + UInt64(0).bigEndianBytes
                group.put([1] + leaf, row + (namesBatches ? [0, 0, 0, 1] : []))
            }
            try database.write(group, synced: true)
        }
        #expect(try answers(world) == before)
        #expect(throws: QueryError.self) { _ = try reader(world).entry(at: LookupTests.count) }
    }

    @Test("the directory knows blocks by any of their leaves, and forgets when it is full")
    func directory() {
        func block(_ height: UInt64, _ first: UInt64, batches: Int) -> IndexedBlock {
            let batch = IndexedBlock.Batch(digest: .zero, count: 10)
            return IndexedBlock(
                height: Height(height), time: Timestamp(milliseconds: 0), firstLeaf: first,
                count: 10, batches: Array(repeating: batch, count: batches))
        }
        var directory = BlockDirectory()
        for (height, first) in [(3, 30), (1, 0), (5, 50)] as [(UInt64, UInt64)] {
            directory.add(block(height, first, batches: 1))
        }
        let rows: [(leaf: UInt64, height: UInt64?)] = [
            (0, 1), (9, 1), (10, nil), (29, nil), (30, 3), (39, 3), (40, nil), (50, 5), (59, 5),
            (60, nil), (.max, nil),
        ]
        for row in rows {
            #expect(directory.block(ofLeaf: row.leaf)?.height.blocks == row.height)
        }
        directory.add(block(7, 70, batches: 1 << 17))
        #expect(directory.block(ofLeaf: 0) == nil)
        #expect(directory.block(ofLeaf: 75)?.height == Height(7))
    }
}
