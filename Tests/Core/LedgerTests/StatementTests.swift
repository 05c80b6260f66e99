import Cryptography
import Ledger
import Primitives
import Records
import Testing

@Suite("Statements of third parties")
struct StatementTests {
    private typealias Chamber = GovernanceTests.Chamber
    private static let three = ["city-hospital", "county-hospital", "insurer"]

    /// A statement of `lab.example` about `assay 17` with the payload `result`, signed elsewhere
    /// with ES256 by the key below.
    private static let foreign =
        "d284582ea30126036a746578742f706c61696e0fa3016b6c61622e6578616d706c6502686173736179203137"
        + "061a6ab13b80a046726573756c745840a8e2dfb0f2f65835a0e407fd3538cab9c9518a5d7d7872e07e5b7d"
        + "c542729c3a7228a642f0c576c56283baf1abc687f054dcd90bb59fb0f3b607d88a5ac960a1"
    private static let foreignKey =
        "028e533b6fa0bf7b4625bb30667c01fb607ef9f8b8a80fef5b300628703187b2a3"

    private static func bytes(_ hex: String) throws -> [UInt8] {
        try #require([UInt8](hex: hex))
    }

    private static func foreignStatement() throws -> StatementBody {
        try StatementBody(decoding: try bytes(foreign)[...])
    }

    /// A statement of an issuer under an algorithm, signed by what signs its bytes.
    private static func statement(
        _ issuer: String, algorithm: Int64, payload: [UInt8] = [1], critical: Bool = false,
        unprotected: [UInt8] = [0xa0], sign: ([UInt8]) -> [UInt8]
    ) -> [UInt8] {
        var header = CBORWriter(reservingCapacity: 64)
        header.map(critical ? 3 : 2)
        header.integer(1)
        header.integer(algorithm)
        if critical {
            header.integer(2)
            header.array(1)
            header.integer(99)
        }
        header.integer(15)
        header.map(2)
        header.integer(1)
        header.text(issuer)
        header.integer(2)
        header.text("a subject")
        var signed = CBORWriter(reservingCapacity: 128)
        signed.array(4)
        signed.text("Signature1")
        signed.bytes(header.bytes)
        signed.bytes([])
        signed.bytes(payload)
        var writer = CBORWriter(reservingCapacity: 256)
        writer.tag(18)
        writer.array(4)
        writer.bytes(header.bytes)
        writer.encoded(unprotected)
        writer.bytes(payload)
        writer.bytes(sign(signed.bytes))
        return writer.bytes
    }

    private static func own(
        _ issuer: String = "clinic.example", algorithm: Int64 = -47, key label: String = "clinic"
    ) throws -> [UInt8] {
        let key = try TestNetwork.key(label)
        return statement(issuer, algorithm: algorithm) { key.sign(SHA256.hash($0)).bytes }
    }

    /// A ledger that knows two issuers.
    private static func chamber() throws -> Chamber {
        var chamber = try Chamber()
        let issuers = [
            StatementIssuer(
                name: "lab.example", keys: [try StatementKey(.es256, try bytes(foreignKey))]),
            StatementIssuer(
                name: "clinic.example",
                keys: [
                    try StatementKey(.es256k, try TestNetwork.key("old").publicKey.bytes),
                    try StatementKey(.es256k, try TestNetwork.key("clinic").publicKey.bytes),
                ]),
        ]
        for issuer in issuers { _ = try chamber.agree(on: .setStatementIssuer(issuer), by: three) }
        return chamber
    }

    /// Decides a block of one batch of these entries' bytes, by the insurer's stream.
    private static func decide(
        _ bytes: [[UInt8]], _ chamber: inout Chamber
    ) throws -> ExecutedBlock {
        let insurer = TestNetwork.id("insurer")
        let first = chamber.state.nextNumber(of: insurer, StreamID(0)) ?? 1
        let batch = BatchWriter.batch(
            of: bytes, ledger: chamber.network.ledger, issuer: insurer, stream: StreamID(0),
            firstNumber: first, expiry: Height(900),
            signedBy: try TestNetwork.key("insurer submit 0"))
        let verified = try UnverifiedBatch(decoding: batch).verify(against: chamber.state)
        let executed = try TestNetwork.execute([verified], on: chamber.state)
        _ = chamber.state.apply(executed)
        return executed
    }

    @Test("the leaf is the statement's own bytes, and it counts in its stream like any entry")
    func leaf() throws {
        var chamber = try Self.chamber()
        let foreign = try Self.bytes(Self.foreign)
        let access = TestNetwork.access("insurer", 2).encode()
        let executed = try Self.decide([foreign, access, try Self.own()], &chamber)
        #expect(executed.leafHashes[0] == SHA256.leaf(foreign))
        let entries = executed.batches[0].entries
        #expect(entries.map(\.number) == [1, 2, 3])
        #expect(entries.allSatisfy { $0.issuer == TestNetwork.id("insurer") })
        #expect(entries[0].eventTime == Timestamp(milliseconds: 1_790_000_000_000))
        #expect(chamber.state.nextNumber(of: TestNetwork.id("insurer"), StreamID(0)) == 4)
        let map = chamber.state.map
        #expect(map.head(of: .kind(.statement))?.total == 2)
        #expect(map.head(of: .institution(TestNetwork.id("insurer")))?.total == 1)
        var totals: [Term: UInt64] = [:]
        for term in entries.flatMap(\.terms) { totals[term, default: 0] += 1 }
        for (term, total) in totals {
            #expect(map.head(of: term)?.total == total, "\(term)")
        }
        let read = executed.batches[0].bytes
        #expect(try UnverifiedBatch(decoding: read).readEntries() == entries)
    }

    @Test("only known issuers' statements are taken, signed with one of their keys")
    func policy() throws {
        var chamber = try Self.chamber()
        let edwards = try Ed25519Key(secret: [UInt8](repeating: 3, count: 32))
        let state = chamber.state
        let table: [([UInt8], StatementRefusal?)] = [
            (try Self.own(), nil),
            (try Self.own("stranger.example"), .unknownIssuer("stranger.example")),
            (try Self.own(algorithm: -35), .algorithm(-35)),
            (try Self.own(algorithm: -7), .signature(issuer: "clinic.example")),
            (try Self.own(key: "mallory"), .signature(issuer: "clinic.example")),
            (
                Self.statement("clinic.example", algorithm: -8) { edwards.sign($0) },
                .signature(issuer: "clinic.example")
            ),
        ]
        for (bytes, right) in table {
            let body = try StatementBody(decoding: bytes[...])
            do throws(StatementRefusal) {
                try state.check(body)
                #expect(right == nil)
            } catch {
                #expect(error == right)
            }
            guard let right else { continue }
            do {
                _ = try Self.decide([bytes], &chamber)
                Issue.record("a block with a statement that \(right)")
            } catch BlockRefusal.batch(_, .entry(_, .statement(let found))) {
                #expect(found == right)
            }
        }
        let clinic = StatementIssuer(
            name: "clinic.example", keys: [try StatementKey(.edDSA, edwards.publicKey)])
        _ = try chamber.agree(on: .setStatementIssuer(clinic), by: Self.three)
        let signed = Self.statement("clinic.example", algorithm: -8) { edwards.sign($0) }
        _ = try Self.decide([signed], &chamber)
        _ = try chamber.agree(
            on: .setStatementIssuer(StatementIssuer(name: "clinic.example", keys: [])),
            by: Self.three)
        #expect(chamber.state.statementKeys(of: "clinic.example") == nil)
    }

    @Test("an unprotected header is emptied; what is no statement is refused")
    func form() throws {
        let signed = try Self.own()
        var dressed = CBORWriter(reservingCapacity: 16)
        dressed.map(1)
        dressed.integer(394)
        dressed.array(0)
        let key = try TestNetwork.key("clinic")
        let bytes = Self.statement(
            "clinic.example", algorithm: -47, unprotected: dressed.bytes
        ) { key.sign(SHA256.hash($0)).bytes }
        #expect(try StatementBody(emptying: bytes).bytes == signed)
        #expect(throws: CBORError.self) { try StatementBody(decoding: bytes[...]) }
        let critical = Self.statement("clinic.example", algorithm: -47, critical: true) { _ in [] }
        #expect(throws: CBORError.self) { try StatementBody(decoding: critical[...]) }
        for length in 0..<signed.count {
            #expect(throws: CBORError.self) { try StatementBody(decoding: signed[..<length]) }
        }
        #expect(throws: EntryError.self) { try Entry.decode(signed + [0]) }
        let receipts: [[UInt8]] = [[1], [2, 3]]
        let transparent = try StatementBody(decoding: signed[...]).encode(receipts: receipts)
        #expect(try StatementBody(emptying: transparent).bytes == signed)
    }

    @Test("a statement within an entry's map is refused, and one entry's bytes have one form")
    func oneForm() throws {
        let body = try Self.foreignStatement()
        let entry = Entry(body)
        #expect(try Entry.decode(entry.encode()) == entry)
        #expect(entry.encode() == (try Self.bytes(Self.foreign)))
        var writer = CBORWriter(reservingCapacity: 64)
        writer.map(6)
        for (key, value) in [(0, 1), (1, 17)] as [(UInt64, UInt64)] {
            writer.unsigned(key)
            writer.unsigned(value)
        }
        writer.unsigned(2)
        writer.text("insurer")
        for (key, value) in [(3, 0), (4, 1), (5, 0)] as [(UInt64, UInt64)] {
            writer.unsigned(key)
            writer.unsigned(value)
        }
        #expect(throws: EntryError.self) { try Entry.decode(writer.bytes) }
    }

    @Test("a batch of more statements than are checked at once is refused")
    func tooMany() throws {
        var chamber = try Self.chamber()
        let statement = try Self.own()
        #expect(throws: BlockRefusal.self) {
            try Self.decide([[UInt8]](repeating: statement, count: 65), &chamber)
        }
        _ = try Self.decide([[UInt8]](repeating: statement, count: 64), &chamber)
    }
}
