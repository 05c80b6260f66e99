import Primitives
import Testing

/// The examples of RFC 8949, appendix A: what we write the same, and what we refuse to read.
@Suite("CBOR, RFC 8949 appendix A")
struct CBORAppendixTests {
    static let unsignedRows: [(UInt64, String)] = [
        (0, "00"), (1, "01"), (10, "0a"), (23, "17"), (24, "1818"), (25, "1819"), (100, "1864"),
        (1_000, "1903e8"), (1_000_000, "1a000f4240"), (1_000_000_000_000, "1b000000e8d4a51000"),
        (18_446_744_073_709_551_615, "1bffffffffffffffff"),
    ]

    @Test("unsigned integers", arguments: unsignedRows)
    func unsigned(number: UInt64, hex: String) throws {
        var writer = CBORWriter()
        writer.unsigned(number)
        #expect(writer.bytes.hex == hex)
        var reader = CBORReader(try #require([UInt8](hex: hex)))
        #expect(try reader.unsigned() == number)
        try reader.finish()
    }

    static let signedRows: [(Int64, String)] = [
        (-1, "20"), (-10, "29"), (-100, "3863"), (-1_000, "3903e7"),
        (.min, "3b7fffffffffffffff"), (.max, "1b7fffffffffffffff"), (0, "00"),
    ]

    @Test("signed integers", arguments: signedRows)
    func signed(number: Int64, hex: String) throws {
        var writer = CBORWriter()
        writer.integer(number)
        #expect(writer.bytes.hex == hex)
        var reader = CBORReader(try #require([UInt8](hex: hex)))
        #expect(try reader.integer() == number)
        try reader.finish()
    }

    @Test("integers beyond 64 bits with sign are refused, not wrapped")
    func tooWide() throws {
        for hex in ["3bffffffffffffffff", "3b8000000000000000", "1b8000000000000000"] {
            var reader = CBORReader(try #require([UInt8](hex: hex)))
            #expect(throws: CBORError.self) { try reader.integer() }
        }
    }

    static let textRows: [(String, String)] = [
        ("", "60"), ("a", "6161"), ("IETF", "6449455446"), ("\"\\", "62225c"),
        ("\u{fc}", "62c3bc"), ("\u{6c34}", "63e6b0b4"), ("\u{10151}", "64f0908591"),
    ]

    @Test("text strings", arguments: textRows)
    func text(text: String, hex: String) throws {
        var writer = CBORWriter()
        writer.text(text)
        #expect(writer.bytes.hex == hex)
        var reader = CBORReader(try #require([UInt8](hex: hex)))
        #expect(try reader.text() == text)
    }

    @Test("byte strings", arguments: [("", "40"), ("01020304", "4401020304")])
    func bytes(content: String, hex: String) throws {
        let bytes = try #require([UInt8](hex: content))
        var writer = CBORWriter()
        writer.bytes(bytes)
        #expect(writer.bytes.hex == hex)
        var reader = CBORReader(writer.bytes)
        #expect(try Array(reader.bytes()) == bytes)
    }

    /// Arrays, maps, tags and simple values that the deterministic form allows.
    static let wholeItems = [
        "f4", "f5", "f6", "80", "83010203", "8301820203820405",
        "98190102030405060708090a0b0c0d0e0f101112131415161718181819", "a0", "a201020304",
        "a26161016162820203", "826161a161626163", "a56161614161626142616361436164614461656145",
        "c074323031332d30332d32315432303a30343a30305a", "c11a514b67b0", "d74401020304",
        "d818456449455446", "d82076687474703a2f2f7777772e6578616d706c652e636f6d",
        "c249010000000000000000", "c349010000000000000000",
    ]

    @Test("whole items are read over, byte for byte", arguments: wholeItems)
    func item(hex: String) throws {
        let bytes = try #require([UInt8](hex: hex))
        var reader = CBORReader(bytes)
        #expect(try Array(reader.item()) == bytes)
        try reader.finish()
    }

    /// Floats, undefined, unassigned simple values, and everything of indefinite length.
    static let refusedItems = [
        "f90000", "f98000", "f93c00", "fb3ff199999999999a", "f93e00", "f97bff", "fa47c35000",
        "fa7f7fffff", "fb7e37e43c8800759c", "f90001", "f90400", "f9c400", "fbc010666666666666",
        "f97c00", "f97e00", "f9fc00", "fa7f800000", "fa7fc00000", "faff800000",
        "fb7ff0000000000000", "fb7ff8000000000000", "fbfff0000000000000", "f7", "f0", "f8ff",
        "c1fb41d452d9ec07ae14", "5f42010243030405ff", "7f657374726561646d696e67ff", "9fff",
        "9f018202039f0405ffff", "9f01820203820405ff", "83018202039f0405ff",
        "83019f0203ff820405", "9f0102030405060708090a0b0c0d0e0f101112131415161718181819ff",
        "bf61610161629f0203ffff", "826161bf61626163ff", "bf6346756ef563416d7421ff",
    ]

    @Test("what has no deterministic form here is refused", arguments: refusedItems)
    func refuses(hex: String) throws {
        var reader = CBORReader(try #require([UInt8](hex: hex)))
        #expect(throws: CBORError.self) { try reader.item() }
    }
}
