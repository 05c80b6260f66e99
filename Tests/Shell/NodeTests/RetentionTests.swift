internal import Consensus
internal import Cryptography
internal import Foundation
internal import Hosting
internal import Ledger
internal import Logging
internal import Primitives
internal import Proofs
internal import Records
internal import Storage
internal import Testing

@testable import Node

@Suite("Pruning", .timeLimit(.minutes(30)))
struct RetentionTests {
    /// A stopped node's parts, with a keeper over them that asks the state on its disk.
    private struct Stopped {
        let world: MemoryWorld
        let store: BlockStore
        let index: EntryIndex
        let head: Height
        let time: Timestamp
        let state: LedgerState

        /// `isVotedIn`: before most entries node 0 is given so much power that it and node 1, which
        /// are a quorum from then on, would be none by the genesis.
        init(entries count: UInt64, isVotedIn: Bool = false) throws {
            world = try MemoryWorld()
            for index in 0..<4 { try world.start(index) }
            var first: UInt64 = 1
            if isVotedIn {
                first = try Stopped.voteIn(world)
                for index in 2..<4 { world.kill(index) }
            }
            for number in first...count {
                try world.submit(number, at: 0)
                try world.settle(number, at: [1])
            }
            for index in 0..<4 { world.kill(index) }
            let data = world.network.data(1)
            store = try BlockStore(path: data + "/blocks")
            index = try EntryIndex(path: data + "/index", findsByLeafHash: false)
            state = try Restart(store, genesis: world.network.genesis).state
            head = state.head.height
            time = state.head.time
        }

        /// Returns the next number of node 0, whose stream brings the votes.
        private static func voteIn(_ world: MemoryWorld) throws -> UInt64 {
            let network = world.network
            let power = network.genesis.institutions.reduce(0) { $0 + $1.power }
            let proposal = GovernanceProposal(
                action: .setPower(network.ids[0], power * 3), expiry: Height(500),
                notBefore: .genesis, reason: "a test")
            for voter in 0..<3 {
                let signer = GovernanceSigner(
                    ledger: network.genesis.ledger, institution: network.ids[voter],
                    keys: [network.governKeys[voter]])
                let number = UInt64(voter + 1)
                try world.submit(
                    number, at: 0,
                    body: .governance(
                        voter == 0
                            ? signer.propose(proposal)
                            : signer.vote(on: proposal.id, isFor: true)))
                try world.settle(number, at: [1])
            }
            let isInForce = try world.run {
                let state = try world.machine(0).host.state
                return state.validators(at: state.head.height).totalPower > power
            }
            try #require(isInForce, "\(world.standing)")
            return 4
        }

        func keeper(_ retention: Retention) -> RetentionKeeper {
            let state = state
            var logger = Logger(label: "retention")
            logger.logLevel = .critical
            return RetentionKeeper(
                retention, store: store, index: index, genesis: world.network.genesis,
                piece: .init(heightCountMax: 3, heightCountMin: 1), logger: logger
            ) { question in
                let items = state.institutions.map { institution in
                    StateAnswer.Item(
                        proof: state.map.proof(of: .institution(institution.id)), absence: nil,
                        head: nil)
                }
                question.answer(
                    StateAnswer(
                        height: state.head.height, items: items,
                        validators: state.governance.sets.map {
                            ChainBuilder.Change(from: $0.from, validators: $0.validators.encoded)
                        }))
            }
        }

        /// Lets a keeper do all that is to be done.
        func prune(_ retention: Retention, desk: Height? = nil) {
            for _ in 0..<head.blocks {
                let keeper = keeper(retention)
                keeper.note(head, time, desk: desk ?? head)
                keeper.settle()
            }
        }
    }

    @Test func deletesEntriesBelowWhatIsKeptAfterAnArchiveOfThemHolds() throws {
        let stopped = try Stopped(entries: 6)
        let folder = stopped.world.network.root + "/archive"
        stopped.prune(Retention(heights: 2, archive: folder))
        let floor = Height(stopped.head.blocks - 1)
        #expect(stopped.store.entriesFrom == floor)
        var covered: [UInt64] = []
        for item in try ArchiveFolder(path: folder).items() {
            let heights = try ArchiveFile.verify(
                "\(folder)/\(item.name)", genesis: stopped.world.network.genesis)
            #expect(heights == item.heights)
            covered += Array(heights.first.blocks...heights.last.blocks)
        }
        #expect(covered == Array(1..<floor.blocks))
        for height in 1...stopped.head.blocks {
            let rows = try stopped.store.rows(.batch, at: Height(height))
            let block = try Block.decode(
                try #require(try stopped.store.block(at: Height(height))).block)
            #expect(rows.count == (height < floor.blocks ? 0 : block.batches.count))
        }
    }

    /// What validators signed who were voted in is checked with the chain that leads to them.
    @Test func archivesBlocksOfValidatorsThatWereVotedIn() throws {
        let stopped = try Stopped(entries: 9, isVotedIn: true)
        let folder = stopped.world.network.root + "/archive"
        stopped.prune(Retention(heights: 2, archive: folder))
        #expect(stopped.store.entriesFrom == Height(stopped.head.blocks - 1))
        let last = try #require(try ArchiveFolder(path: folder).items().last)
        #expect(throws: NodeError.self, "they are a quorum by the genesis, too") {
            try ArchiveFile.verify(
                "\(folder)/\(last.name)", genesis: stopped.world.network.genesis)
        }
    }

    @Test func answersWhatIsPrunedAsPrunedAndProvesTheRest() throws {
        let stopped = try Stopped(entries: 6)
        stopped.prune(Retention(heights: 2))
        let nodes = TreeReader(store: stopped.store, index: stopped.index)
        #expect {
            _ = try nodes.entry(at: 0)
        } throws: { error in
            (error as? QueryError)?.answer.hasPrefix(NodeClient.prunedPrefix) == true
        }
        let size = stopped.state.head.tree.size
        let last = try nodes.entry(at: size - 1)
        let path = try nodes.inclusion(of: size - 1, treeSize: size)
        #expect(path.treeSize == size && !last.entry.isEmpty)
        let consistency = try nodes.consistency(from: 1, to: size)
        #expect(!consistency.path.isEmpty)
        // Blocks, times and the lists of terms are all there.
        for height in 1...stopped.head.blocks {
            #expect(try nodes.head(Height(height)).header.height == Height(height))
        }
        let term = Term.patient(TestNetwork.patient(2))
        let place = try #require(stopped.state.map.proof(of: .term(term)))
        let head = try #require(stopped.state.map.head(of: term))
        let list = try RunLists(nodes).list(
            ofSlot: UInt32(truncatingIfNeeded: place.slot), head)
        #expect(list.heights.count == Int(head.runs.size))
    }

    @Test func keepsByDaysWhatIsYoungerAndNothingThatTheDeskHasNotSeen() throws {
        let stopped = try Stopped(entries: 4)
        stopped.prune(Retention(days: 1))
        #expect(stopped.store.entriesFrom == Height(1), "all blocks are of today")
        stopped.prune(Retention(heights: 1), desk: Height(2))
        #expect(stopped.store.entriesFrom <= Height(2))
    }

    @Test func goesOnFromAPrunedDiskAndChecksItWithItsArchives() throws {
        let world: MemoryWorld
        let folder: String
        do {
            let stopped = try Stopped(entries: 6)
            folder = stopped.world.network.root + "/archive"
            stopped.prune(Retention(heights: 2, archive: folder))
            world = stopped.world
        }
        var configuration = world.network.configuration(1)
        #expect {
            _ = try LedgerCheck.run(configuration)
        } throws: { error in
            if case NodeError.storage(.pruned) = error { true } else { false }
        }
        configuration.retain = Retention(heights: 2, archive: folder)
        let check = try LedgerCheck.run(configuration)
        #expect(check.entries == 6 && check.prunedRowCount > 0)
        let report = try Divergence.find(configuration, world.network.configuration(2))
        #expect(report.first == nil)
        // The index is filled from the tree where the batches are gone.
        _ = try Repair.setAside(.index, of: configuration)
        for index in 0..<4 { try world.start(index) }
        try world.submit(7, at: 0)
        let goesOn = try world.run {
            try world.machine(1).host.state.nextNumber(of: world.network.ids[0], StreamID(0)) == 8
        }
        #expect(goesOn, "\(world.standing)")
    }

    @Test(arguments: [
        (Retention(), "heights or days"), (Retention(heights: 0), "1 or more"),
        (Retention(days: 99_999), "36,500"),
    ])
    func refusesAPolicyThatSaysNothing(_ retention: Retention, _ reason: String) throws {
        let network = try TestNetwork()
        var configuration = network.configuration(0)
        configuration.retain = retention
        #expect {
            _ = try NodeSetup(configuration)
        } throws: { error in
            "\(error)".contains(reason)
        }
    }
}
