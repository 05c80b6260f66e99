import Primitives
import Records
import TestSupport
import Testing

@Suite("Entry codec")
struct EntryCodecTests {
    @Test("the first bytes of an entry tell its kind", arguments: EntrySamples.all.map(\.entry))
    func firstBytesTellKind(entry: Entry) {
        #expect(EntryKind(ofEntry: entry.encode()) == entry.kind)
    }

    @Test(
        "bytes that begin no entry have no kind",
        arguments: [[], [0xa6], [0xa6, 0, 1, 1], [0xa6, 0, 2, 1, 9], [0xa6, 0, 1, 1, 99]])
    func otherBytesHaveNoKind(bytes: [UInt8]) {
        #expect(EntryKind(ofEntry: bytes) == nil)
    }

    @Test("every kind comes back as it was written", arguments: EntrySamples.all.map(\.entry))
    func roundTrip(entry: Entry) throws {
        let bytes = entry.encode()
        #expect(try Entry.decode(bytes) == entry)
        #expect(try Entry.decode(([0, 1] + bytes)[2...]) == entry)
    }

    @Test("the bytes of every kind are frozen")
    func frozen() throws {
        let items = EntrySamples.all.map { ($0.name, $0.entry.encode()) }
        #expect(try FrozenBytes.check("entries.txt", items) == nil)
    }

    @Test("no cut and no trailing byte is an entry", arguments: EntrySamples.all.map(\.entry))
    func cuts(entry: Entry) {
        let bytes = entry.encode()
        for end in bytes.indices {
            #expect(throws: EntryError.self) { try Entry.decode(bytes[..<end]) }
        }
        #expect(
            throws: EntryError.malformed(.trailingBytes(offset: bytes.count, count: 1))
        ) { try Entry.decode(bytes + [0]) }
    }

    @Test("what is read has one encoding: a bent byte is refused, or is another entry")
    func oneEncoding() {
        for (name, entry) in EntrySamples.all {
            let bytes = entry.encode()
            for index in bytes.indices {
                for bit in 0..<8 {
                    var bent = bytes
                    bent[index] ^= 1 << UInt8(bit)
                    guard let read = try? Entry.decode(bent) else { continue }
                    #expect(read.encode() == bent, "\(name), byte \(index), bit \(bit)")
                }
            }
        }
    }

    @Test("random bytes never trap, from seeds 0 to 1999")
    func hostile() {
        for seed in UInt64(0)..<2_000 {
            var random = SplitMix(seed: seed)
            var bytes = EntrySamples.all[Int(seed) % EntrySamples.all.count].entry.encode()
            for _ in 0..<(1 + Int(random.next() % 6)) {
                let index = Int(random.next() % UInt64(bytes.count))
                bytes[index] = UInt8(truncatingIfNeeded: random.next())
            }
            guard let read = try? Entry.decode(bytes) else { continue }
            #expect(read.encode() == bytes, "seed \(seed)")
        }
    }

    @Test("an entry of more than 16 KiB is refused before it is read")
    func oversize() {
        let bytes = [UInt8](repeating: 0xff, count: 16_385)
        #expect(throws: EntryError.oversize(byteCount: 16_385, limit: 16_384)) {
            try Entry.decode(bytes)
        }
    }

    @Test("a body under a kind that has none is carried as it is, and refused by the shape")
    func unreadBody() throws {
        var entry = EntrySamples.sealed(.claim, [EntrySamples.patient, EntrySamples.claim])
        entry.body = .unread([0x81, 0x01])
        let read = try Entry.decode(entry.encode())
        #expect(read == entry)
        let error = #expect(throws: EntryError.self) { try read.checkShape() }
        guard case .unwanted(.body, _, _) = error else {
            Issue.record("\(error.map { "\($0)" } ?? "it passed")")
            return
        }
    }

    @Test("a step of a case has the fields of its step, and no others")
    func caseBodies() throws {
        func body(_ head: UInt8, _ rest: [UInt8]) -> [UInt8] {
            [head, 0x00, 0x50] + [UInt8](repeating: 1, count: 16) + rest
        }
        let rule: [UInt8] = [0x61, 0x61]
        let bodies: [(bytes: [UInt8], isRight: Bool)] = [
            (body(0xa3, [1, 1, 2, 0xf6]), true),
            (body(0xa3, [1, 5, 2, 9]), true),
            (body(0xa3, [1, 6, 2, 9]), false),
            (body(0xa3, [1, 3, 2, 9]), false),
            (body(0xa4, [1, 3, 2, 9, 3, 4]), true),
            (body(0xa4, [1, 3, 2, 9, 3, 6]), false),
            (body(0xa4, [1, 1, 2, 9, 3, 4]), false),
            (body(0xa6, [1, 4, 2, 9, 3, 0x81, 7, 4, 0x81] + rule + [5, 0xf6]), true),
            (body(0xa6, [1, 4, 2, 9, 3, 0x80, 4, 0x81] + rule + [5, 0xf6]), false),
            (body(0xa6, [1, 4, 2, 9, 3, 0x81, 7, 4, 0x82] + rule + rule + [5, 0xf6]), false),
        ]
        for body in bodies {
            for kind in [EntryKind.case, .share, .notice] {
                var entry = EntrySamples.sealed(kind, [])
                entry.body = .unread(body.bytes)
                let bytes = entry.encode()
                guard body.isRight else {
                    #expect(throws: EntryError.self, "\(body.bytes)") { try Entry.decode(bytes) }
                    continue
                }
                let read = try Entry.decode(bytes)
                #expect(read.encode() == bytes)
                guard case .case = read.body else {
                    Issue.record("\(body.bytes) is no body of a case")
                    continue
                }
            }
        }
    }

    struct Refusal: CustomTestStringConvertible {
        let testDescription: String
        let hex: String
        let error: CBORError
    }

    /// Version, kind, issuer "a", stream, number, time: the least that every entry has.
    static let refusals: [Refusal] = [
        Refusal(
            testDescription: "another version", hex: "a600020101026161030004010500",
            error: .version(offset: 2, found: 2, supported: 1)),
        Refusal(
            testDescription: "a kind that is none", hex: "a60001011818026161030004010500",
            error: .unexpected(offset: 4, expected: "a kind of entry, 1 to 23", found: "24")),
        Refusal(
            testDescription: "an issuer in capitals", hex: "a600010101026141030004010500",
            error: .unexpected(
                offset: 6, expected: "an institution id (1 to 32 of a-z, 0-9, -)",
                found: "other text")),
        Refusal(
            testDescription: "stream 65536", hex: "a60001010102616103 1a0001000004010500",
            error: .outOfRange(offset: 9, what: "stream", limit: 65_535)),
        Refusal(
            testDescription: "number 0", hex: "a600010101026161030004000500",
            error: .unexpected(offset: 11, expected: "a number from 1", found: "0")),
        Refusal(
            testDescription: "a number past 2^62 - 1",
            hex: "a60001010102616103 00041b40000000000000000500",
            error: .outOfRange(offset: 11, what: "number", limit: (1 << 62) - 1)),
        Refusal(
            testDescription: "a field that is none", hex: "a7000101010261610300040105000d00",
            error: .key(offset: 14, key: 13, problem: .unknown)),
        Refusal(
            testDescription: "fields out of order",
            hex: "a8000101010261610300040105000c0006 8182 0150",
            error: .keyOutOfOrder(offset: 16)),
        Refusal(
            testDescription: "an empty list of subjects", hex: "a700010101026161030004010500 0680",
            error: .unexpected(offset: 15, expected: "1 to 16 items", found: "an empty array")),
    ]

    @Test("each slip of form has its own error", arguments: refusals)
    func refused(row: Refusal) throws {
        let bytes = try #require([UInt8](hex: row.hex.filter { $0 != " " }))
        #expect(throws: EntryError.malformed(row.error)) { try Entry.decode(bytes) }
    }

    @Test("subjects and recipients out of order, or twice, are refused")
    func order() {
        var entry = EntrySamples.sealed(.record, [EntrySamples.practitioner, EntrySamples.patient])
        #expect(throws: EntryError.self) { try Entry.decode(entry.encode()) }
        entry.subjects = [EntrySamples.patient, EntrySamples.patient]
        #expect(throws: EntryError.self) { try Entry.decode(entry.encode()) }
        entry.subjects = [EntrySamples.patient]
        entry.recipients.reverse()
        #expect(throws: EntryError.self) { try Entry.decode(entry.encode()) }
        entry.recipients = [entry.recipients[0], entry.recipients[0]]
        #expect(throws: EntryError.self) { try Entry.decode(entry.encode()) }
    }
}
