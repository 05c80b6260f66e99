import Primitives
import TestSupport
import Testing

@Suite("CBOR from anybody")
struct CBORHostileTests {
    private func reader(_ hex: String) throws -> CBORReader {
        CBORReader(try #require([UInt8](hex: hex)))
    }

    @Test(
        "heads longer than they need be are refused, in every place",
        arguments: [
            "1800", "1817", "190000", "1900ff", "1a00000000", "1a0000ffff", "1b0000000000000000",
            "1b00000000ffffffff", "3817", "5800", "580100", "7800", "9800", "b800", "d800f6",
        ])
    func longHeads(hex: String) throws {
        var reader = try reader(hex)
        #expect(throws: CBORError.self) { try reader.item() }
    }

    @Test("reserved lengths are refused", arguments: ["1c", "1d", "1e", "1f", "5c", "9e", "bd"])
    func reserved(hex: String) throws {
        var reader = try reader(hex)
        #expect(throws: CBORError.self) { try reader.item() }
    }

    @Test(
        "a length that the bytes cannot hold costs nothing and is refused",
        arguments: [
            "5bffffffffffffffff", "7b7fffffffffffffff", "9bffffffffffffffff", "bb7fffffffffffffff",
            "5affffffff00", "9affffffff00", "8301", "a10102a1", "a101", "6261",
        ])
    func lyingLengths(hex: String) throws {
        var reader = try reader(hex)
        #expect(throws: CBORError.self) { _ = try (reader.item(), reader.item()) }
        var array = try self.reader(hex)
        _ = try? array.array(atMost: .max)
        var map = try self.reader(hex)
        _ = try? map.map(atMost: .max)
    }

    @Test("depth is bounded")
    func depth() throws {
        let deep = [UInt8](repeating: 0x81, count: 100_000) + [0]
        var reader = CBORReader(deep)
        #expect(throws: CBORError.self) { try reader.item() }
        var shallow = CBORReader([0x81, 0x81, 0x00])
        #expect(throws: CBORError.self) { try shallow.item(depthLimit: 2) }
        var right = CBORReader([0x81, 0x81, 0x00])
        #expect(try right.item(depthLimit: 3).count == 3)
    }

    @Test(
        "map keys must rise bytewise, and none may repeat",
        arguments: [
            ("a201020203", true), ("a201020103", false), ("a202010102", false),
            ("a2616101616201", true),
            ("a2616201616101", false), ("a2200118640a", false), ("a21864012001", true),
            ("a2626161016162", false),
        ])
    func keyOrder(hex: String, isRight: Bool) throws {
        var reader = try reader(hex)
        if isRight {
            #expect(throws: Never.self) { try reader.item() }
        } else {
            #expect(throws: CBORError.self) { try reader.item() }
        }
    }

    @Test("integer maps take rising keys only, and hand each to its field")
    func integerMap() throws {
        var found: [UInt64] = []
        var right = try reader("a3000a010b0c18ff")
        try right.integerMap(atMost: 3) { (key, reader) throws(CBORError) in
            found += [key, try reader.unsigned()]
        }
        #expect(found == [0, 10, 1, 11, 12, 255])
        for (hex, error) in [
            ("a2010b000a", CBORError.keyOutOfOrder(offset: 3)),
            ("a2010b010a", .keyOutOfOrder(offset: 3)),
            (
                "a120",
                .unexpected(
                    offset: 1, expected: "an unsigned integer", found: "a negative integer")
            ),
        ] {
            var wrong = try reader(hex)
            #expect(throws: error) {
                try wrong.integerMap(atMost: 3) { (_, reader) throws(CBORError) in
                    _ = try reader.unsigned()
                }
            }
        }
    }

    @Test(
        "bytes that are no UTF-8 are no text",
        arguments: [
            "61ff", "62c328", "63e28028", "64f0288cbc", "62c080", "63eda080", "64f4908080",
        ])
    func notUTF8(hex: String) throws {
        var reader = try reader(hex)
        #expect(throws: CBORError.notUTF8(offset: 0)) { try reader.text() }
    }

    @Test("each kind is refused where another is asked for, with both names")
    func kinds() throws {
        var one = try reader("6161")
        #expect(
            throws: CBORError.unexpected(
                offset: 0, expected: "an unsigned integer", found: "a text string")
        ) { try one.unsigned() }
        var two = try reader("20")
        #expect(
            throws: CBORError.unexpected(
                offset: 0, expected: "an unsigned integer", found: "a negative integer")
        ) { try two.unsigned() }
        var three = try reader("00")
        #expect(throws: CBORError.self) { try three.bool() }
        #expect(try three.isNull() == false)
        #expect(try three.unsigned() == 0)
        #expect(throws: CBORError.truncated(offset: 1)) { try three.isNull() }
    }

    @Test("limits hold at their edge")
    func limits() throws {
        var writer = CBORWriter()
        writer.bytes([UInt8](repeating: 1, count: 300))
        var fits = CBORReader(writer.bytes)
        #expect(try fits.bytes(atMost: 300).count == 300)
        var short = CBORReader(writer.bytes)
        #expect(throws: CBORError.self) { try short.bytes(atMost: 299) }
        var exact = CBORReader(writer.bytes)
        #expect(throws: CBORError.self) { try exact.bytes(exactly: 301) }
        var count = try reader("83010203")
        #expect(throws: CBORError.self) { try count.array(atMost: 2) }
        var three = try reader("83010203")
        try three.array(exactly: 3)
        #expect(try three.unsigned() == 1)
        var version = try reader("02")
        #expect(throws: CBORError.version(offset: 0, found: 2, supported: 1)) {
            try version.version(1)
        }
    }

    @Test("a slice is read in its own bounds, with offsets of its own")
    func slices() throws {
        let bytes: [UInt8] = [0xff, 0x01, 0x02, 0xff]
        var reader = CBORReader(bytes[1..<3])
        #expect(try reader.unsigned() == 1)
        #expect(reader.offset == 1)
        #expect(try reader.unsigned() == 2)
        #expect(throws: CBORError.truncated(offset: 2)) { try reader.unsigned() }
        #expect(Array(reader.slice(from: 1)) == [2])
        try reader.finish()
    }

    @Test("random bytes never trap, and what is read has that one form, seeds 0 to 4999")
    func random() {
        for seed in UInt64(0)..<5_000 {
            var random = SplitMix(seed: seed)
            let bytes = (0..<(1 + Int(random.next() % 40))).map { _ in
                UInt8(truncatingIfNeeded: random.next())
            }
            var reader = CBORReader(bytes)
            guard let item = try? reader.item() else { continue }
            #expect(item.count == reader.offset, "seed \(seed)")
            #expect(item.elementsEqual(bytes.prefix(reader.offset)), "seed \(seed)")
        }
    }
}
