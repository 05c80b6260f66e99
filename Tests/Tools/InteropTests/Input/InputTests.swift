import Foundation
import Testing

@testable import Interop

@Suite("Input files")
struct InputTests {
    @Test("the name tells the format")
    func names() {
        let rows: [(String, InputFile.Format?, Bool)] = [
            ("a.ndjson", .ndjson, false), ("x/a.ndjson.gz", .ndjson, true),
            ("a.json", .json, false), ("a.csv.gz", .csv, true), ("a.txt", nil, false),
            (".gz", nil, true), ("ndjson", nil, false),
        ]
        for (path, format, isCompressed) in rows {
            let file = InputFile(path: path)
            #expect(file?.format == format)
            if format != nil { #expect(file?.isCompressed == isCompressed) }
        }
    }

    @Test("a folder stands for its files of the format, by name; what is missing is an error")
    func lists() throws {
        let file = try TemporaryFile(["{}"], name: "b.ndjson")
        for name in ["a.ndjson", "c.csv", "notes.md"] {
            try TemporaryFile.write("", to: "\(file.folder)/\(name)")
        }
        #expect(try InputFile.list([file.folder]).map(\.name) == ["a.ndjson", "b.ndjson"])
        #expect(try InputFile.list([file.folder], formats: [.csv]).map(\.name) == ["c.csv"])
        #expect(throws: InteropError.self) { try InputFile.list(["\(file.folder)/none"]) }
        #expect(throws: InteropError.self) { try InputFile.list(["\(file.folder)/notes.md"]) }
    }

    static let texts: [(text: String, lines: [String])] = [
        ("", []), ("a", ["1a"]), ("a\n", ["1a"]), ("a\r\nb\r\n", ["1a", "2b"]),
        ("\n\na\n \t\nb", ["3a", "5b"]), ("a\rb\n", ["1a\rb"]),
        ("0123456789\nab\n", ["1-", "2ab"]), ("ab\n01234567890123456789", ["1ab", "2-"]),
        ("01234567\nx", ["101234567", "2x"]),
    ]

    @Test(
        "lines keep their numbers; blank ones are left out and long ones not kept", arguments: texts
    )
    func lines(text: String, lines: [String]) throws {
        for compress in [false, true] {
            let file = try TemporaryFile([text], name: "t.ndjson")
            let input =
                try compress
                ? #require(InputFile(path: file.compressed())) : file.input
            var reader = try LineReader(input, byteCountMax: 8)
            var read: [String] = []
            while let line = try reader.next() {
                let content = line.bytes.map { String(decoding: $0, as: UTF8.self) } ?? "-"
                read.append("\(line.number)\(content)")
            }
            #expect(read == lines)
        }
    }

    @Test("lines come whole across the pieces in which a file is read")
    func pieces() throws {
        let lines = (0..<40).map { String(repeating: "\($0 % 10)", count: 70_001) + "\($0)" }
        let file = try TemporaryFile(lines, name: "t.ndjson")
        for input in [try file.input, try #require(InputFile(path: file.compressed()))] {
            var reader = try LineReader(input, byteCountMax: 1 << 20)
            var read: [String] = []
            while let line = try reader.next() {
                read.append(String(decoding: try #require(line.bytes), as: UTF8.self))
            }
            #expect(read == lines)
        }
    }

    @Test("a file that is not compressed, or cut short, is an error at its end")
    func brokenCompression() throws {
        let file = try TemporaryFile(["x"], name: "t.ndjson.gz")
        var reader = try LineReader(try file.input, byteCountMax: 100)
        #expect(throws: InteropError.self) { while try reader.next() != nil {} }

        let whole = try TemporaryFile([String(repeating: "abc", count: 9_000)], name: "u.ndjson")
        let bytes = try Data(contentsOf: URL(fileURLWithPath: whole.compressed()))
        let cut = try TemporaryFile(Array(bytes.prefix(bytes.count / 2)), name: "v.ndjson.gz")
        var cutReader = try LineReader(try cut.input, byteCountMax: 100_000)
        #expect(throws: InteropError.self) { while try cutReader.next() != nil {} }
    }

    @Test("who stops early leaves no process behind")
    func stopsEarly() throws {
        let lines = (0..<50_000).map { "\($0) " + String(repeating: "x", count: 100) }
        let file = try TemporaryFile(lines, name: "t.ndjson")
        let input = try #require(InputFile(path: file.compressed()))
        for _ in 0..<3 {
            var reader = try LineReader(input, byteCountMax: 1_000)
            #expect(try reader.next()?.number == 1)
        }
    }
}
