internal import Cryptography
internal import Hosting
internal import Ledger
internal import Primitives
internal import Records
internal import Storage
internal import Testing

@testable import Node

@Suite("Entries without effect on nodes", .timeLimit(.minutes(30)))
struct UnfitEntryNodeTests {
    private static let nurse = OpaqueID(prefixOf: SHA256.hash([7]))

    /// A credential with one id for all issuers, so that only the first to come counts.
    private func credential(_ issuer: InstitutionID) throws -> Entry {
        let key = try SigningKey(secret: SHA256.hash(Array(issuer.name.utf8)).bytes)
        return Entry(
            kind: .credential, issuer: issuer, stream: StreamID(0), number: 1,
            eventTime: Timestamp(milliseconds: 1_700_000_000_000),
            subjects: [.practitioner(OpaqueID(prefixOf: SHA256.hash([8])))],
            body: .credential(
                CredentialBody(
                    credential: Self.nurse, publicKey: key.publicKey.bytes, role: "nurse",
                    department: "ward 3", from: Day(number: 0), to: Day(number: 30_000),
                    isRevoked: false)))
    }

    /// Two institutions have registered one credential, each before it heard of the other's.
    @Test func ofTwoInFlightOneCountsAndBothStreamsGoOn() throws {
        var parameters = Parameters.quick
        parameters.entryRules = 2
        let world = try MemoryWorld(try TestNetwork(parameters: parameters))
        let ids = world.network.ids
        for index in 0..<4 { try world.start(index) }
        for index in 0..<2 {
            let machine = try world.machine(index)
            let draft = DraftEntry(try credential(ids[index]))
            try machine.number([draft], StreamID(0), [nil])
            try machine.syncOutboxes()
            // Acknowledged both: what comes behind them waits for nothing but them.
            try world.submit(2, at: index)
        }
        let isThere = try world.run {
            try (0..<4).allSatisfy { index in
                let machine = try world.machine(index)
                return machine.unwritten.isEmpty
                    && ids.prefix(2).allSatisfy {
                        machine.host.state.nextNumber(of: $0, StreamID(0)) == 3
                    }
            }
        }
        #expect(isThere, "\(world.standing)")
        let state = try world.machine(0).host.state
        let owner = try #require(state.credential(Self.nurse)).institution
        let unfit = (0..<state.head.tree.size).compactMap { leaf in
            state.unfitness(ofLeaf: leaf).map { (leaf, $0) }
        }
        #expect(unfit.map(\.1.reason) == [.foreignCredential])
        let leaf = try #require(unfit.first).0
        let nodes = TreeReader(store: try world.machine(2).store, index: try world.machine(2).index)
        let found = try nodes.entry(at: leaf)
        #expect(try Entry.decode(found.entry).issuer == ids.prefix(2).first { $0 != owner })
        let row = try #require(try world.machine(2).store.row(.unfit, at: found.height))
        #expect(try UnfitRow.decode(row).entries.map(\.leafIndex) == [leaf])
        for index in 0..<4 { world.kill(index) }
        // It is all there after a start, on every disk, and derived again.
        try world.start(1)
        #expect(try world.machine(1).host.state.unfitness(ofLeaf: leaf) != nil)
        world.kill(1)
        let check = try LedgerCheck.run(world.network.configuration(1))
        #expect(check.stateRoot == state.stateRoot || check.height > state.head.height)
        let report = try Divergence.find(
            world.network.configuration(0), world.network.configuration(3))
        #expect(report.first == nil)
    }
}
