import Cryptography
import Ledger
import Primitives
import Records
import Testing

@Suite("Entries without effect")
struct UnfitEntryTests {
    private let network: TestNetwork
    private let genesisState: LedgerState
    private static let nurse = TestNetwork.opaque("credential nurse")

    init() throws {
        network = try TestNetwork { $0.entryRules = 2 }
        genesisState = LedgerState(genesis: network.genesis)
    }

    private struct Lived {
        var state: LedgerState
        var blocks: [(executed: ExecutedBlock, rows: [LedgerRow])] = []

        var unfit: [UnfitEntry] { blocks.flatMap(\.executed.unfit) }
    }

    /// Decides blocks of batches.
    private func live(_ blocks: [[[Entry]]]) throws -> Lived {
        var lived = Lived(state: genesisState)
        for batches in blocks {
            let verified = try batches.map { try network.verified($0, in: lived.state) }
            let executed = try TestNetwork.execute(verified, on: lived.state)
            lived.blocks.append((executed, lived.state.apply(executed)))
        }
        return lived
    }

    /// Each with what comes first, and the entry that is unfit after it.
    private func cases() throws -> [(Unfitness.Reason, [Entry], Entry)] {
        let credential = { (issuer: String, number: UInt64, key: String?) in
            try TestNetwork.credential(issuer, number, "nurse", key: key)
        }
        let access = { (issuer: String, number: UInt64) in
            TestNetwork.access(issuer, number, practitioner: "nurse")
        }
        let registered = try credential("insurer", 1, nil)
        let revoked = try TestNetwork.credential("insurer", 2, "nurse", isRevoked: true)
        let late = TestNetwork.access("insurer", 2, at: Day(number: 22_001).start)
        return [
            (.unknownCredential, [], try network.signed(access("insurer", 1), by: "nurse")),
            (
                .foreignCredential, [registered],
                try network.signed(access("regulator", 1), by: "nurse")
            ),
            (.foreignCredential, [registered], try credential("regulator", 1, nil)),
            (.credentialNotValid, [registered], try network.signed(late, by: "nurse")),
            (
                .credentialRevoked, [registered, revoked],
                try network.signed(access("insurer", 3), by: "nurse")
            ),
            (.credentialRevoked, [registered, revoked], try credential("insurer", 3, nil)),
            (
                .authorSignature, [registered],
                try network.signed(access("insurer", 2), by: "nurse", key: "thief")
            ),
            (.credentialKeyChanged, [registered], try credential("insurer", 2, "another")),
        ]
    }

    @Test("take their number, stand under their terms, change nothing, and say why")
    func standWithoutEffect() throws {
        for (reason, before, entry) in try cases() {
            let next = TestNetwork.access(entry.issuer.name, entry.number + 1)
            let lived = try live((before.isEmpty ? [] : [[before]]) + [[[entry]], [[next]]])
            let leaf = UInt64(before.count)
            let why = try #require(lived.unfit.first, "\(reason)")
            #expect(lived.unfit.count == 1 && why.leafIndex == leaf && why.why.reason == reason)
            #expect(why.why.credential == Self.nurse && !"\(why.why)".isEmpty)
            #expect(lived.state.unfitness(ofLeaf: leaf) == why.why)
            #expect(lived.state.unfitness(ofLeaf: leaf + 1) == nil)
            #expect(
                lived.state.nextNumber(of: entry.issuer, entry.stream) == entry.number + 2,
                "\(reason): its stream goes on")
            let without = try live(before.isEmpty ? [] : [[before]])
            #expect(
                lived.state.credential(Self.nurse) == without.state.credential(Self.nurse))
            for term in entry.terms + [.unfit] {
                #expect(lived.state.map.head(of: term) != nil, "\(reason): \(term)")
            }
            #expect(lived.state.map.head(of: .unfit)?.total == 1)
            let row = try #require(
                lived.blocks.flatMap(\.rows).first { $0.kind == .unfit }, "\(reason)")
            #expect(try UnfitRow.decode(row.bytes).entries == [why])
            #expect(try restored(lived).stateRoot == lived.state.stateRoot)
        }
    }

    private func restored(_ lived: Lived) throws -> LedgerState {
        var restoration = LedgerRestoration(genesis: network.genesis)
        for (executed, rows) in lived.blocks {
            for row in rows {
                try restoration.add(row.kind, at: executed.header.height, row.bytes)
            }
        }
        let header = try #require(lived.blocks.last).executed.header
        return try restoration.finish(header: header)
    }

    @Test("by the first rules they keep their batch off, as before")
    func firstRules() throws {
        let network = try TestNetwork()
        #expect(network.genesis.parameters.entryRules == 1)
        let state = LedgerState(genesis: network.genesis)
        let entry = try network.signed(TestNetwork.access("insurer", 1), by: "nurse")
        let batch = try network.verified([entry], in: state)
        #expect(throws: BatchRefusal.entry(index: 0, .unknownCredential(Self.nurse))) {
            try state.check(batch)
        }
        #expect(throws: BlockRefusal.self) { try TestNetwork.execute([batch], on: state) }
    }

    @Test("of two registrations in one block the first counts, and what it signs behind it")
    func oneBlock() throws {
        let lived = try live([
            [
                [
                    try TestNetwork.credential("insurer", 1, "nurse"),
                    try network.signed(TestNetwork.access("insurer", 2), by: "nurse"),
                ],
                [
                    TestNetwork.access("regulator", 1),
                    try TestNetwork.credential("regulator", 2, "nurse"),
                    try network.signed(TestNetwork.access("regulator", 3), by: "nurse"),
                ],
                [
                    try TestNetwork.credential("insurer", 3, "nurse", isRevoked: true),
                    try network.signed(TestNetwork.access("insurer", 4), by: "nurse"),
                ],
            ]
        ])
        #expect(lived.unfit.map(\.leafIndex) == [3, 4, 6])
        #expect(
            lived.unfit.map(\.why.reason)
                == [.foreignCredential, .foreignCredential, .credentialRevoked])
        #expect(lived.state.credential(Self.nurse)?.body.isRevoked == true)
        #expect(lived.state.map.head(of: .unfit)?.total == 3)
    }

    @Test("the parameter comes back from its bytes; others are refused")
    func parameter() throws {
        for (rules, days) in [(1, 0), (2, 0), (1, 90), (2, 90)] as [(UInt64, UInt64)] {
            var parameters = Parameters.standard
            parameters.entryRules = rules
            parameters.epochDays = days
            var reader = CBORReader(parameters.encode())
            #expect(try Parameters(from: &reader) == parameters)
            try reader.finish()
        }
        #expect(throws: (any Error).self) { _ = try TestNetwork { $0.entryRules = 3 } }
    }
}
