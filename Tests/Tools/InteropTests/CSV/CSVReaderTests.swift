import Foundation
import Testing

@testable import Interop

@Suite("CSV rows")
struct CSVReaderTests {
    struct Read: CustomTestStringConvertible, Sendable {
        let name: String
        let text: String
        let rows: [[String]]
        var testDescription: String { name }
    }

    static let readable: [Read] = [
        Read(name: "CRLF", text: "a,b\r\n1,2\r\n", rows: [["1", "2"]]),
        Read(name: "LF", text: "a,b\n1,2\n3,4\n", rows: [["1", "2"], ["3", "4"]]),
        Read(name: "no line end at the end", text: "a,b\r\n1,2", rows: [["1", "2"]]),
        Read(name: "empty fields", text: "a,b\n,\n", rows: [["", ""]]),
        Read(name: "quotes", text: "a,b\n\"1\",\"2\"\n", rows: [["1", "2"]]),
        Read(name: "quoted at the end of the file", text: "a,b\n1,\"2\"", rows: [["1", "2"]]),
        Read(name: "commas in quotes", text: "a,b\n\"x,y\",z\n", rows: [["x,y", "z"]]),
        Read(
            name: "doubled quotes", text: "a,b\n\"say \"\"hi\"\"\",\"\"\"\"\n",
            rows: [["say \"hi\"", "\""]]),
        Read(name: "four quotes in a row", text: "a,b\n\"\"\"\"\"\",z\n", rows: [["\"\"", "z"]]),
        Read(
            name: "line ends in quotes", text: "a,b\n\"1\r\n2\",3\n4,5\n",
            rows: [["1\r\n2", "3"], ["4", "5"]]),
        Read(name: "empty quotes", text: "a,b\n\"\",\"\"\r\n", rows: [["", ""]]),
        Read(name: "spaces are kept", text: "a,b\n 1 , 2 \n", rows: [[" 1 ", " 2 "]]),
        Read(
            name: "a carriage return alone is content", text: "a,b\n1\r2,3\n",
            rows: [["1\r2", "3"]]),
        Read(name: "byte order mark", text: "\u{feff}a,b\n1,2\n", rows: [["1", "2"]]),
        Read(name: "header only", text: "a,b\n", rows: []),
        Read(name: "not ASCII", text: "a,b\né,😀\n", rows: [["é", "😀"]]),
    ]

    @Test("reads as RFC 4180 has it", arguments: readable)
    func reads(row: Read) throws {
        let items = try Self.items(Array(row.text.utf8))
        #expect(items.header == ["a", "b"])
        #expect(items.rows.map(\.fields) == row.rows)
        #expect(items.problems.isEmpty)
    }

    struct Refused: CustomTestStringConvertible, Sendable {
        let name: String
        let bytes: [UInt8]
        let line: Int
        let error: CSVError
        /// Fields of the rows that are still read.
        let rows: [[String]]
        var testDescription: String { name }
    }

    static let refused: [Refused] = [
        Refused(
            name: "a stray quote", bytes: Array("a,b\n1,2\"3\n4,5\n".utf8), line: 2,
            error: .strayQuote, rows: [["4", "5"]]),
        Refused(
            name: "text after a quote", bytes: Array("a,b\n\"1\"x,2\n4,5\n".utf8), line: 2,
            error: .afterQuote(0x78), rows: [["4", "5"]]),
        Refused(
            name: "a quote never closed", bytes: Array("a,b\n1,2\n\"3,4\n".utf8), line: 3,
            error: .unclosedQuote, rows: [["1", "2"]]),
        Refused(
            name: "too few fields", bytes: Array("a,b\n1\n4,5\n".utf8), line: 2,
            error: .fieldCount(found: 1, expected: 2), rows: [["4", "5"]]),
        Refused(
            name: "too many fields", bytes: Array("a,b\n\"1\n1\",2,3\n4,5\n".utf8), line: 2,
            error: .fieldCount(found: 3, expected: 2), rows: [["4", "5"]]),
        Refused(
            name: "a blank line", bytes: Array("a,b\n1,2\n\n4,5\n".utf8), line: 3,
            error: .fieldCount(found: 1, expected: 2), rows: [["1", "2"], ["4", "5"]]),
        Refused(
            name: "not UTF-8", bytes: Array("a,b\n1,".utf8) + [0xff] + Array("\n4,5\n".utf8),
            line: 2, error: .notUTF8, rows: [["4", "5"]]),
        Refused(
            name: "a row too long",
            bytes: Array("a,b\n1,".utf8) + Array(repeating: 0x78, count: 300)
                + Array("\n4,5\n".utf8),
            line: 2, error: .tooLong(limit: 64), rows: [["4", "5"]]),
    ]

    @Test("a bad row is told by its line, and the next ones are read", arguments: refused)
    func refuses(row: Refused) throws {
        let items = try Self.items(row.bytes, byteCountMax: 64)
        #expect(items.problems.map(\.line) == [row.line])
        #expect(items.problems.map(\.error) == [row.error])
        #expect(items.rows.map(\.fields) == row.rows)
    }

    @Test("lines are counted through quoted line ends")
    func lines() throws {
        let items = try Self.items(Array("a,b\n\"1\n1\n1\",2\n3,4\r\n5,6".utf8))
        #expect(items.rows.map(\.line) == [2, 5, 6])
        #expect(
            items.rows.map { String(decoding: $0.bytes, as: UTF8.self) }
                == ["\"1\n1\n1\",2", "3,4", "5,6"])
    }

    @Test("a header that is none ends the table")
    func headers() {
        #expect(throws: InteropError.malformedCSV(.noHeader)) { try Self.items([]) }
        #expect(throws: InteropError.malformedCSV(.duplicateColumn("a"))) {
            try Self.items(Array("a,b,a\n".utf8))
        }
    }

    static func items(
        _ bytes: [UInt8], byteCountMax: Int = 1 << 20
    ) throws -> (header: [String], rows: [CSVRow], problems: [(line: Int, error: CSVError)]) {
        let file = try TemporaryFile(bytes, name: "table.csv")
        var reader = try CSVReader(try file.input, byteCountMax: byteCountMax)
        var (rows, problems): ([CSVRow], [(line: Int, error: CSVError)]) = ([], [])
        while let item = try reader.next() {
            switch item {
            case .row(let row): rows.append(row)
            case .problem(let line, let error): problems.append((line, error))
            }
        }
        return (reader.header, rows, problems)
    }
}
