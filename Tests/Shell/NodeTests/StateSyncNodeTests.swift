internal import Consensus
internal import Cryptography
internal import Foundation
internal import Hosting
internal import Ledger
internal import Primitives
internal import Proofs
internal import Records
internal import Storage
internal import Testing

@testable import Node

@Suite("A node that joins by a snapshot", .timeLimit(.minutes(30)))
struct StateSyncNodeTests {
    /// Three nodes that have come to the first snapshot; the fourth is to begin with it.
    private func young(older: Set<Int> = []) throws -> MemoryWorld {
        let world = try MemoryWorld()
        world.joinsBySnapshot = [3]
        world.older = older
        for index in 0..<3 { try world.start(index) }
        try world.submit(1, at: 0)
        let isYoung = try world.run {
            try (0..<3).allSatisfy { try world.machine($0).snapshots.newest != nil }
        }
        try #require(isYoung, "\(world.standing)")
        return world
    }

    /// It dies just before its k-th message leaves, and begins all the same when it comes back.
    @Test(arguments: 1...12)
    func beginsWhereverItWasEnded(_ sendsLeft: Int) throws {
        let world = try young()
        try world.start(3, sendsLeft: sendsLeft)
        _ = try world.run(stepCountMax: 2_000) { world.isDead(3) }
        #expect(world.isDead(3), "never sent \(sendsLeft) messages")
        world.kill(3)
        try world.start(3)
        let hasJoined = try world.run {
            try world.machine(3).host.state.head.height
                == world.machine(0).host.state.head.height
        }
        #expect(hasJoined, "\(world.standing)")
        #expect(try world.machine(3).store.base.height == Height(16))
        for (step, votes) in world.votes[3] ?? [:] {
            #expect(votes.count == 1, "two votes for \(step)")
        }
    }

    /// The fourth begins with the snapshot of the others, and votes.
    @Test(arguments: [false, true])
    func beginsWithTheStateAndVotes(breaksOff: Bool) throws {
        let world = try young()
        try world.submit(2, at: 0)
        try world.start(3)
        if breaksOff {
            // It dies with some of the chunks on its disk, and asks for the others only.
            let hasSome = try world.run {
                try !world.machine(3).snapshots.joiningChunks().isEmpty
                    || world.machine(3).store.base.height > .genesis
            }
            #expect(hasSome)
            world.kill(3)
            try world.start(3)
        }
        let hasJoined = try world.run {
            try world.machine(3).store.base.height > .genesis
                && world.machine(3).host.state.head.height
                    == world.machine(0).host.state.head.height
        }
        #expect(hasJoined, "\(world.standing)")
        #expect(try world.machine(3).store.base.height == Height(16))
        let roots = try [0, 3].map { try world.machine($0).host.state.stateRoot }
        #expect(roots[0] == roots[1])
        #expect(try world.machine(3).store.block(at: Height(1)) == nil)
        let votes = try world.run { (world.votes[3] ?? [:]).count > 2 }
        #expect(votes, "it does not vote")
        // It numbers entries of its own, and one of the others must be down for its vote to count.
        world.kill(2)
        try world.submit(1, at: 3)
        let id = world.network.ids[3]
        let counts = try world.run {
            try world.machine(0).host.state.nextNumber(of: id, StreamID(0)) == 2
        }
        #expect(counts, "\(world.standing)")
        try expectProofs(try world.machine(3))
        // It starts again from its disk.
        let written = try world.machine(3).written
        world.kill(3)
        try world.start(3)
        #expect(try world.machine(3).host.state.head.height >= written)
        for (step, votes) in world.votes[3] ?? [:] {
            #expect(votes.count == 1, "two votes for \(step)")
        }
    }

    /// What is above its beginning is proved, what is below is said to be pruned.
    private func expectProofs(_ machine: NodeMachine) throws {
        let nodes = TreeReader(store: machine.store, index: machine.index)
        let head = try nodes.head(machine.written)
        let last = head.header.treeSize - 1
        let path = try nodes.inclusion(of: last, treeSize: head.header.treeSize)
        let entry = try nodes.entry(at: last)
        try path.verify(leafHash: SHA256.leaf(entry.entry), root: head.header.treeRoot)
        #expect {
            _ = try nodes.entry(at: 0)
        } throws: { error in
            (error as? QueryError)?.answer.hasPrefix(NodeClient.prunedPrefix) == true
        }
    }

    /// The fourth has begun with a snapshot and has some blocks of its own after it; all stand.
    private func stopped() throws -> MemoryWorld {
        let world = try young()
        try world.start(3)
        for number in UInt64(2)...22 {
            try world.submit(number, at: 0)
            try world.settle(number, at: [0, 3])
        }
        for index in 0..<4 { world.kill(index) }
        return world
    }

    /// What it began with stays, however much else of the state goes.
    @Test func isCheckedFromItsBeginningOn() throws {
        let world = try stopped()
        let configuration = world.network.configuration(3)
        let whole = try LedgerCheck.run(world.network.configuration(0))
        let check = try LedgerCheck.run(configuration)
        #expect(check.base == Height(16) && whole.base == .genesis)
        #expect(check.entries >= 21 && whole.entries >= 22)
        #expect(check.rowCount > 60 && check.missingTrailRowCount == 0)
        let report = try Divergence.find(configuration, world.network.configuration(0))
        #expect(report.first == nil)
        do {
            let store = try BlockStore(path: configuration.data + "/blocks")
            let pruner = try StatePruner(
                store: store,
                index: try EntryIndex(path: configuration.data + "/index", findsByLeafHash: false),
                limits: .init(byteCount: 1, heightCount: 1))
            try pruner.note(needed: check.height, at: check.height, byteCount: 1)
        }
        let pruned = try LedgerCheck.run(configuration)
        #expect(pruned.stateRoot == check.stateRoot && pruned.prunedRowCount > 0)
    }

    /// One bit of what it began with, or of what came after, is wrong.
    @Test(arguments: [LedgerRow.Kind.block, .changes, .chunk, .batch, .tree, .runs])
    func doesNotCheckOutWhereARowWasChanged(_ kind: LedgerRow.Kind) throws {
        let world = try stopped()
        let configuration = world.network.configuration(3)
        let heights = [Height(16), Height(18)].filter {
            $0 > Height(16) || [.block, .changes, .chunk].contains(kind)
        }
        for height in heights {
            let database = { try Database(path: configuration.data + "/blocks") }
            var kept: (key: [UInt8], value: [UInt8])?
            do {
                let database = try database()
                var cursor = database.cursor(.heights(height..<Height(60)))
                while kept == nil, try cursor.next() {
                    guard let row = RowKey(cursor.key),
                        row.kind == BlockStore.pieceKind(kind) ?? kind.rawValue
                    else { continue }
                    var bytes = cursor.value
                    kept = (cursor.key, bytes)
                    bytes[bytes.count / 2] ^= 1
                    var group = WriteGroup()
                    group.put(cursor.key, bytes)
                    try database.write(group, synced: true)
                }
            }
            let row = try #require(kept)
            #expect(throws: NodeError.self) { _ = try LedgerCheck.run(configuration) }
            var group = WriteGroup()
            group.put(row.key, row.value)
            try database().write(group, synced: true)
        }
        #expect(try LedgerCheck.run(configuration).base == Height(16))
    }

    /// A node of the first version offers nothing, and is asked for nothing that it does not know.
    @Test func joinsBesideANodeOfTheFirstVersion() throws {
        let world = try young(older: [0])
        try world.start(3)
        let hasJoined = try world.run { try world.machine(3).store.base.height > .genesis }
        #expect(hasJoined, "\(world.standing)")
        #expect(world.hangups == [])
    }

    /// Chunks that lie on the disk and have gone bad are fetched again, and nobody is blamed.
    @Test func fetchesAgainWhatItsDiskHasLost() throws {
        let world = try young()
        let folder = world.network.configuration(3).data + "/joining"
        let newest = try #require(try world.machine(0).snapshots.newest)
        let names = try SnapshotManifest.decode(newest.manifest).chunks
        for name in names { try SmallFile.write([1, 2, 3], to: "\(folder)/\(name)") }
        try world.start(3)
        #expect(try world.machine(3).snapshots.joiningChunks() == [])
        let hasJoined = try world.run { try world.machine(3).store.base.height > .genesis }
        #expect(hasJoined, "\(world.standing)")
        #expect(!SmallFile.exists("\(folder)/\(names[0])"))
    }

    /// A chain that does not lead anywhere, or is of another ledger, is named when the node starts.
    @Test func trustsNoChainThatDoesNotHold() throws {
        let network = try TestNetwork()
        var configuration = network.configuration(0)
        let path = network.root + "/some.chain"
        configuration.joinChain = path
        func setup(_ bytes: [UInt8]) throws -> NodeSetup {
            try SmallFile.write(bytes, to: path)
            return try NodeSetup(configuration)
        }
        let none = GovernanceChain(links: [])
        let ledger = network.genesis.ledger
        #expect(
            try setup(none.encode(ledger: ledger)).joinTrust == network.genesis.charter.validators)
        let other = LedgerID(SHA256.hash([1]))
        for bytes in [[], [1, 2, 3], none.encode(ledger: other)] as [[UInt8]] {
            #expect {
                _ = try setup(bytes)
            } throws: { error in
                "\(error)".contains("some.chain")
            }
        }
        configuration.joinChain = network.root + "/nowhere.chain"
        #expect(throws: NodeError.self) { _ = try NodeSetup(configuration) }
    }

    @Test func refusesToSuperviseWithoutTheBlocksBefore() throws {
        let network = try TestNetwork(supervises: true)
        var configuration = network.configuration(0)
        configuration.joinsBySnapshot = true
        #expect {
            _ = try NodeSetup(configuration)
        } throws: { error in
            "\(error)".contains("joinsBySnapshot")
        }
    }
}
