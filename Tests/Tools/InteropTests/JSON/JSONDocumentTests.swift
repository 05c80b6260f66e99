import Interop
import Testing

@Suite("JSON documents")
struct JSONDocumentTests {
    struct Refused: CustomTestStringConvertible, Sendable {
        let bytes: [UInt8]
        let offset: Int
        let reason: JSONError.Reason
        var testDescription: String { String(decoding: bytes.prefix(24), as: UTF8.self) }

        init(_ text: String, at offset: Int, _ reason: JSONError.Reason) {
            self.init(Array(text.utf8), at: offset, reason)
        }

        init(_ bytes: [UInt8], at offset: Int, _ reason: JSONError.Reason) {
            self.bytes = bytes
            self.offset = offset
            self.reason = reason
        }
    }

    static let refused: [Refused] = [
        Refused("", at: 0, .truncated),
        Refused("  ", at: 2, .truncated),
        Refused("{", at: 1, .truncated),
        Refused(#"{"a""#, at: 4, .truncated),
        Refused(#"{"a":"#, at: 5, .truncated),
        Refused(#"{"a":1"#, at: 6, .truncated),
        Refused(#"{"a":1,"#, at: 7, .truncated),
        Refused(#"{"a":1,}"#, at: 7, .unexpected(expected: "a key in quotes", found: 0x7d)),
        Refused("{a:1}", at: 1, .unexpected(expected: "a key in quotes", found: 0x61)),
        Refused(#"{"a" 1}"#, at: 5, .unexpected(expected: "':'", found: 0x31)),
        Refused("[1 2]", at: 3, .unexpected(expected: "',' or ']'", found: 0x32)),
        Refused("[1,]", at: 3, .unexpected(expected: "a value", found: 0x5d)),
        Refused("[", at: 1, .truncated),
        Refused("'x'", at: 0, .unexpected(expected: "a value", found: 0x27)),
        Refused("{} {}", at: 3, .trailingBytes(count: 2)),
        Refused("1 x", at: 2, .trailingBytes(count: 1)),
        Refused("tru", at: 3, .truncated),
        Refused("trux", at: 0, .unexpected(expected: "'true'", found: 0x74)),
        Refused("NaN", at: 0, .unexpected(expected: "a value", found: 0x4e)),
        Refused("01", at: 0, .malformedNumber),
        Refused("-", at: 0, .malformedNumber),
        Refused("+1", at: 0, .unexpected(expected: "a value", found: 0x2b)),
        Refused("1.", at: 0, .malformedNumber),
        Refused(".5", at: 0, .unexpected(expected: "a value", found: 0x2e)),
        Refused("1e", at: 0, .malformedNumber),
        Refused("1e+", at: 0, .malformedNumber),
        Refused("\"a", at: 2, .truncated),
        Refused("\"a\u{1}\"", at: 2, .controlCharacter(1)),
        Refused("\"a\nb\"", at: 2, .controlCharacter(10)),
        Refused(#""\x""#, at: 1, .unknownEscape),
        Refused(#""\u12g4""#, at: 1, .unknownEscape),
        Refused(#""\u12"#, at: 5, .truncated),
        Refused(#""\ud800""#, at: 1, .loneSurrogate),
        Refused(#""\udc00""#, at: 1, .loneSurrogate),
        Refused(#""\ud800\u0041""#, at: 1, .loneSurrogate),
        Refused([0x22, 0xff, 0x22], at: 1, .notUTF8),
        Refused([0x22, 0xc0, 0xaf, 0x22], at: 1, .notUTF8),
        Refused([0x22, 0xe0, 0x80, 0xaf, 0x22], at: 1, .notUTF8),
        Refused([0x22, 0xed, 0xa0, 0x80, 0x22], at: 1, .notUTF8),
        Refused([0x22, 0xf4, 0x90, 0x80, 0x80, 0x22], at: 1, .notUTF8),
        Refused([0x22, 0xe2, 0x82], at: 1, .notUTF8),
        Refused(
            [0xef, 0xbb, 0xbf, 0x7b, 0x7d], at: 0, .unexpected(expected: "a value", found: 0xef)),
        Refused(#"{"a":1,"b":2,"a":3}"#, at: 13, .duplicateKey("a")),
        Refused(#"{"a":1,"\u0061":3}"#, at: 7, .duplicateKey("a")),
        Refused(#"[{"x":{"k":1,"k":1}}]"#, at: 13, .duplicateKey("k")),
    ]

    @Test("what is not strict is refused where it goes wrong", arguments: refused)
    func refuses(row: Refused) {
        #expect(throws: JSONError(offset: row.offset, reason: row.reason)) {
            try JSONDocument(row.bytes)
        }
    }

    @Test("nesting is bounded, at the limit and one past it")
    func nesting() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array(repeating: 0x5b, count: depth) + Array(repeating: 0x5d, count: depth)
        }
        _ = try JSONDocument(nested(64))
        #expect(throws: JSONError(offset: 64, reason: .tooDeep(limit: 64))) {
            try JSONDocument(nested(65))
        }
        #expect(throws: JSONError.self) {
            try JSONDocument(Array(repeating: 0x5b, count: 1_000_000))
        }
    }

    @Test("length is bounded before anything is read")
    func length() {
        let limits = JSONLimits(byteCountMax: 8, depthMax: 4)
        #expect(throws: JSONError(offset: 0, reason: .tooLong(byteCount: 9, limit: 8))) {
            try JSONDocument(Array("[1,2,3,4]".utf8), limits: limits)
        }
    }

    @Test("equal keys are found among many, whatever their order")
    func manyKeys() throws {
        let distinct = (0..<3_000).map { #""k\#($0)":0"# }
        let text = "{" + distinct.joined(separator: ",") + "}"
        #expect(try JSONDocument(Array(text.utf8)).root.members.count == 3_000)
        let doubled = "{" + (distinct + [#""\u006b7":1"#]).joined(separator: ",") + "}"
        #expect(throws: JSONError.self) { try JSONDocument(Array(doubled.utf8)) }
    }

    @Test("strings come back with their escapes undone")
    func strings() throws {
        let rows: [(json: String, text: String)] = [
            (#""""#, ""), (#""é€😀""#, "é€😀"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
            (#""\u0041\u00e9\u20ac\ud83d\ude00""#, "Aé€😀"), (#""a\u0000b""#, "a\u{0}b"),
        ]
        for (json, text) in rows {
            let string = try JSONDocument(Array(json.utf8)).root.string
            #expect(string.map { Array($0.utf8) } == Array(text.utf8))
        }
    }

    @Test("numbers keep every digit that was written")
    func numbers() throws {
        for digits in [
            "0", "-0", "112.41600000000001", "1e5", "1E-7", "100.00",
            "123456789012345678901234567890",
        ] {
            #expect(try JSONDocument(Array(" \(digits) ".utf8)).root.number == digits)
        }
    }

    @Test("a path leads from the top to any value")
    func paths() throws {
        let root = try JSONDocument(
            Array(#"{"a":1,"item":[{"net":{"v":1}},{"x":[true,{"net":{"value":7}}]}]}"#.utf8)
        ).root
        let value = root.member("item")?.elements.dropFirst().first { _ in true }?
            .member("x")?.elements.dropFirst().first { _ in true }?.member("net")?.member("value")
        #expect(value?.number == "7")
        #expect(value?.path == "item[1].x[1].net.value")
        #expect(root.path == "")
        #expect(root.path(of: "b") == "b")
    }

    @Test("no cut and no bent byte of a resource traps")
    func hostile() throws {
        let text =
            #"{"resourceType":"Claim","item":[{"net":{"value":1.50,"x":"\u00e9é"}},null,true]}"#
        let bytes = Array(text.utf8)
        for end in 0..<bytes.count {
            #expect(throws: JSONError.self) { try JSONDocument(Array(bytes[..<end])) }
        }
        for index in bytes.indices {
            for byte: UInt8 in [0x00, 0x22, 0x5c, 0x7b, 0x7d, 0x80, 0xc3, 0xff] {
                var bent = bytes
                bent[index] = byte
                if let document = try? JSONDocument(bent) { _ = document.root.members.count }
            }
        }
    }
}
