import Primitives
import TestSupport
import Testing

@Suite("Digests and identifiers")
struct IdentifierTests {
    @Test("a digest has 32 bytes and keeps them")
    func digest() throws {
        let bytes = (0..<32).map { UInt8($0 * 7) }
        let digest = try #require(Digest(bytes))
        #expect(digest.bytes == bytes)
        #expect(Digest(([9] + bytes)[1...]) == digest)
        #expect(Digest(hex: digest.description) == digest)
        #expect(Digest(Array(bytes.dropLast())) == nil)
        #expect(Digest(bytes + [0]) == nil)
        #expect(Digest(hex: String(repeating: "0", count: 63)) == nil)
        #expect(Digest.zero.bytes == [UInt8](repeating: 0, count: 32))
        let lent = unsafe digest.withBytes { unsafe Array($0) }
        #expect(lent == bytes)
    }

    @Test("digests stand in the order of their bytes")
    func order() {
        for seed in UInt64(0)..<200 {
            var random = SplitMix(seed: seed)
            func some() -> [UInt8] {
                var bytes = [UInt8](repeating: 0, count: 32)
                bytes[Int(random.next() % 32)] = UInt8(truncatingIfNeeded: random.next())
                bytes[Int(random.next() % 32)] = UInt8(truncatingIfNeeded: random.next())
                return bytes
            }
            let (left, right) = (some(), some())
            guard let one = Digest(left), let two = Digest(right) else { continue }
            #expect((one < two) == left.lexicographicallyPrecedes(right), "seed \(seed)")
            #expect((one == two) == (left == right), "seed \(seed)")
            #expect(
                (OpaqueID(prefixOf: one) < OpaqueID(prefixOf: two))
                    == left.prefix(16).lexicographicallyPrecedes(right.prefix(16)))
        }
    }

    @Test("an opaque id has 16 bytes and keeps them")
    func opaque() throws {
        let bytes = (0..<16).map { UInt8(255 - $0) }
        let id = try #require(OpaqueID(bytes))
        #expect(id.bytes == bytes)
        #expect(OpaqueID(hex: id.description) == id)
        #expect(OpaqueID(bytes + [0]) == nil)
        #expect(OpaqueID([UInt8]()) == nil)
        let digest = try #require(Digest(bytes + bytes))
        #expect(OpaqueID(prefixOf: digest) == id)
    }

    @Test(
        "an institution's name is short and plain",
        arguments: [
            ("a", true), ("county-hospital-7", true), (String(repeating: "x", count: 32), true),
            ("", false), (String(repeating: "x", count: 33), false), ("A", false), ("a b", false),
            ("a_b", false), ("å", false), ("a\u{301}", false), ("a\0", false),
        ])
    func institution(name: String, isRight: Bool) throws {
        #expect((InstitutionID(name) != nil) == isRight)
        var writer = CBORWriter()
        writer.text(name)
        var reader = CBORReader(writer.bytes)
        #expect(((try? reader.institution()) != nil) == isRight)
    }

    @Test("institutions stand in the order of their bytes, not of their length")
    func institutionOrder() throws {
        let names = ["a-b", "a", "ab", "b", "0"]
        let sorted = names.compactMap(InstitutionID.init).sorted().map(\.name)
        #expect(sorted == ["0", "a", "a-b", "ab", "b"])
    }

    @Test(
        "hex is read in either case and written in the lower",
        arguments: [
            ("00ff", [0, 255]), ("ABcd", [0xab, 0xcd]), ("", []),
        ] as [(String, [UInt8])])
    func hex(text: String, bytes: [UInt8]) {
        #expect([UInt8](hex: text) == bytes)
        #expect(bytes.hex == text.lowercased())
    }

    @Test("other texts are no hex", arguments: ["0", "0g", "0x00", " 00", "é0"])
    func notHex(text: String) {
        #expect([UInt8](hex: text) == nil)
    }
}
