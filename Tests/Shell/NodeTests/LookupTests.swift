internal import Hosting
internal import Ledger
internal import Primitives
internal import Records
internal import Storage
internal import Testing

@testable import Node

@Suite("Look-ups of one entry", .timeLimit(.minutes(10)))
struct LookupTests {
    private static let count: UInt64 = 12

    /// Four nodes with an entry in each of some blocks, stopped.
    private func ledger() throws -> MemoryWorld {
        let world = try MemoryWorld()
        for index in 0..<4 { try world.start(index) }
        for number in 1...LookupTests.count {
            try world.submit(number, at: 0)
            try world.settle(number, at: [1])
        }
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
        "an entry whose bytes, leaf or block are not what was decided is not handed out",
        arguments: [LedgerRow.Kind.block, .batch, .tree])
    func damaged(_ kind: LedgerRow.Kind) throws {
        let world = try ledger()
        // In the header; in the entry, at the end of its batch; in its leaf hash, at the start of
        // the tree row.
        let height = try UpkeepTests.flip(kind, in: world.network.data(1)) {
            switch kind {
            case .block: 60
            case .batch: $0 - 10
            default: 10
            }
        }
        let nodes = try reader(world)
        var refused = 0
        for leaf in 0..<LookupTests.count {
            do throws(QueryError) {
                #expect(try nodes.entry(at: leaf).height != height)
            } catch {
                guard case .damaged = error else {
                    Issue.record("leaf \(leaf): \(error)")
                    continue
                }
                refused += 1
            }
        }
        #expect(refused == 1)
    }

    @Test("the directory knows blocks by any of their leaves, and forgets when it is full")
    func directory() {
        func block(_ height: UInt64, _ first: UInt64, batches: Int) -> BlockDirectory.Block {
            BlockDirectory.Block(
                place: EntryIndex.Place(
                    height: Height(height), firstLeaf: first, count: 10, batch: 0),
                time: Timestamp(milliseconds: 0),
                batches: Array(repeating: .zero, count: batches))
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
            #expect(directory.block(ofLeaf: row.leaf)?.place.height.blocks == row.height)
        }
        directory.add(block(7, 70, batches: 1 << 17))
        #expect(directory.block(ofLeaf: 0) == nil)
        #expect(directory.block(ofLeaf: 75)?.place.height == Height(7))
    }
}
