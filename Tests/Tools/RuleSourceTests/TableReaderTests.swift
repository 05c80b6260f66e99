import Foundation
import Primitives
import RuleEngine
import RuleLanguage
import Testing

@testable import RuleSource

@Suite("Knowledge tables from CSV")
struct TableReaderTests {
    private static let manifest = """
        name: prices
        title: Prices
        source: a test
        licence: none
        known from: 2021-01-31
        keys:
          - {column: service, type: code, system: hcpcs}
        values:
          - {column: price, type: money}
          - {column: times, type: int}
        valid from: first
        valid to: last
        """

    private func table(
        _ rows: String, manifest: String = Self.manifest
    ) throws(SourceError) -> KnowledgeTable {
        try TableReader.table(
            manifest: manifest, manifestFile: "prices.yaml", rows: rows, rowsFile: "prices.csv")
    }

    @Test("columns are found by name, in any order, and empty cells are not known")
    func columns() throws {
        let found = try table(
            "last,price,note,first,service,times\n2021-12-31,12.50 USD,x,2021-01-01,G0101,3\n"
                + ",,,,G0102,\n")
        #expect(found.rows.count == 2)
        #expect(found.schema.hasValidity && found.schema.values.map(\.name) == ["price", "times"])
        let row = try #require(found.rows.first { $0.from != nil })
        #expect(row.keys.map(\.description) == ["hcpcs|G0101"])
        #expect(row.values.map { $0?.description } == ["12.5 USD", "3"])
        let empty = try #require(found.rows.first { $0.from == nil })
        #expect(empty.to == nil && empty.values.allSatisfy { $0 == nil })
    }

    @Test("the order of rows and of columns does not change the hash")
    func order() throws {
        let one = try table("service,price,times,first,last\nG1,1 USD,1,,\nG2,2 USD,2,,\n")
        let other = try table("last,first,times,price,service\n,,2,2 USD,G2\n,,1,1 USD,G1\n")
        #expect(one.hash == other.hash)
        let third = try table("service,price,times,first,last\nG1,1 USD,1,,\nG2,2 USD,3,,\n")
        #expect(one.hash != third.hash)
    }

    @Test(
        "cells that are wrong are told by line and column",
        arguments: [
            ("G1,1 USD,x,,", "prices.csv:2:10: 'x' is no int"),
            ("G1,1,1,,", "prices.csv:2:4: '1' is no money"),
            ("G1,1 USD,1,tomorrow,", "prices.csv:2:12: 'tomorrow' is no date"),
            ("G1,1 USD,1,2021-02-30,", "'2021-02-30' is no date"),
            (",1 USD,1,,", "prices.csv:2:1: a key cannot be empty"),
            ("G1,1 USD,1,", "4 cells; the first line names 5 columns"),
            ("G1,1 USD,1,,\nG1,2 USD,1,,", "two rows for hcpcs|G1 that are valid on one day"),
            ("G1,\"1 USD,1,,", "a quoted cell has no end"),
        ])
    func cells(row: String, message: String) {
        #expect(throws: SourceError.self) { try table("service,price,times,first,last\n\(row)\n") }
        do {
            _ = try table("service,price,times,first,last\n\(row)\n")
        } catch {
            #expect("\(error)".contains(message), "\(error)")
        }
    }

    @Test("one key on days that do not meet may stand twice")
    func validity() throws {
        let found = try table(
            "service,price,times,first,last\nG1,1 USD,1,,2020-12-31\nG1,2 USD,1,2021-01-01,\n")
        #expect(found.rows.count == 2)
    }

    @Test(
        "manifests that are wrong are told by line and column",
        arguments: [
            ("type: money", "type: mony", "prices.yaml:9:27: there is no such type"),
            ("licence: none\n", "", "the field 'licence' is missing"),
            ("2021-01-31", "soon", "'soon' is no day such as 2026-01-31"),
            ("column: price", "column: prize", "there is no column 'prize'; did you mean 'price'?"),
            ("valid from: first", "valid form: first", "there is no field 'valid form'"),
        ])
    func manifests(right: String, wrong: String, message: String) {
        let manifest = Self.manifest.replacing(right, with: wrong)
        do {
            _ = try table("service,price,times,first,last\n", manifest: manifest)
            Issue.record("\(wrong) was taken")
        } catch {
            #expect("\(error)".contains(message), "\(error)")
        }
    }

    @Test("quotes, line ends of three kinds and a byte order mark are read as RFC 4180 has them")
    func csv() throws {
        let rows = try CSVRows.rows("\u{FEFF}a,\"b,\"\"c\"\"\"\r\n\n\"x\ny\",\rlast,é")
        #expect(rows.map(\.cells) == [["a", "b,\"c\""], ["x\ny", ""], ["last", "é"]])
        #expect(rows.map(\.line) == [1, 3, 5])
        #expect(try CSVRows.rows("a;b\n", separator: ";").map(\.cells) == [["a", "b"]])
    }

    @Test("a cell is found again in the text, past quotes and lines in cells before it")
    func positions() {
        let text = "é,b\n\"x\ny, z\",\"q\"\r\nlast,c\n"
        func place(_ line: Int, _ cell: Int) -> [Int] {
            let found = CSVRows.position(
                ofCell: SourcePosition(line: line, column: cell), in: text)
            return [found.line, found.column, found.length]
        }
        #expect(place(1, 2) == [1, 3, 1])
        #expect(place(2, 1) == [2, 2, 6])
        #expect(place(2, 2) == [3, 8, 1])
        #expect(place(4, 2) == [4, 6, 1])
        // There is no such row or cell: what was asked comes back.
        #expect(place(3, 1) == [3, 1, 1] && place(1, 9) == [1, 9, 1])
    }
}

@Suite("Tables made of published files")
struct TableMappingTests {
    private func load(_ mapping: String, _ text: String) throws -> LoadedTable {
        try TableMapping(mapping, file: "m.yaml").load([(text, "data")])
    }

    private static let head = "table: t\ntitle: T\nsource: a test\nlicence: none\nfile: data\n"

    @Test("columns are renamed, words translated, rows chosen, and days written one way")
    func separated() throws {
        let loaded = try load(
            Self.head + """
                separator: "|"
                only: {kind: [F, M]}
                skip: {npi: "0"}
                doubles: first
                keys: [{column: code, type: code, system: icd10, from: icd, change: icd10}]
                values:
                  - {column: sex, type: text, from: kind, words: {F: female, M: male}}
                  - {column: weight, type: int, is: "7"}
                valid from: {from: day}
                valid to: {from: end, none: ["00000000"]}
                """,
            "icd|kind|npi|day|end\nE8411|F|1|20210131|00000000\nE8411|M|1|20210131|00000000\n"
                + "A33|M|1||2021-12-31\nB00|X|1||\nC00|F|0||\n")
        #expect(
            loaded.rows
                == "code,sex,weight,valid_from,valid_to\nE84.11,female,7,2021-01-31,\n"
                + "A33,male,7,,2021-12-31\n")
        #expect(loaded.rowCount == 2 && loaded.leftOut == 2 && loaded.doubles == 1)
        let table = try TableReader.table(
            manifest: loaded.manifest, manifestFile: "t.yaml", rows: loaded.rows,
            rowsFile: "t.csv")
        #expect(table.schema.name == "t" && table.rows.count == 2)
    }

    @Test("of several rows with one key the first counts, or the one that is valid longest")
    func doubles() throws {
        let text =
            "code,kind,end\na,1,2020-12-31\nb,1,\na,2,\nb,2,2020-12-31\nc,1,2019-12-31\n"
            + "a,3,2022-12-31\nc,2,2020-12-31\nc,3,2020-12-31\n"
        func rows(_ doubles: String) throws -> [String] {
            let loaded = try load(
                Self.head + """
                    doubles: \(doubles)
                    keys: [{column: code, type: text, from: code}]
                    values: [{column: kind, type: int, from: kind}]
                    valid to: {from: end}
                    """, text)
            #expect(loaded.rowCount == 3 && loaded.doubles == 5)
            return loaded.rows.split(separator: "\n").dropFirst().map(String.init)
        }
        #expect(try rows("first") == ["a,1,,2020-12-31", "b,1,,", "c,1,,2019-12-31"])
        #expect(try rows("longest") == ["a,2,,", "b,1,,", "c,2,,2020-12-31"])
    }

    @Test("lists and objects of JSON give rows")
    func json() throws {
        let values = try load(
            Self.head + "format: json\nitems: all\nkeys: [{column: id, type: text, from: value}]\n",
            #"{"all": ["2", "1"], "other": 3}"#)
        #expect(values.rows == "id\n2\n1\n")
        let members = try load(
            Self.head
                + "format: json\nkeys: [{column: id, type: text, from: key}]\n"
                + "values: [{column: limit, type: int, from: limit}]\n",
            #"{"b": {"limit": 2}, "a": {"limit": 1, "note": null}}"#)
        #expect(members.rows == "id,limit\na,1\nb,2\n")
    }

    @Test(
        "what does not fit is told",
        arguments: [
            ("keys: [{column: a, type: texd, from: x}]", "m.yaml:6:26: there is no such type; did"),
            (
                "keys: [{column: a, type: text, from: y}]",
                "there is no column 'y'; did you mean 'x'"
            ),
            ("keys: [{column: a, type: text, from: x, change: up}]", "there is no such change"),
            (
                "keys: [{column: a, type: text, from: x}]\nvalid from: {from: z}",
                "data:2:3: 'soon' is no day"
            ),
            (
                "doubles: last\nkeys: [{column: a, type: text, from: x}]",
                "only 'first' or 'longest' can"
            ),
        ])
    func errors(mapping: String, message: String) {
        do {
            _ = try load(Self.head + mapping + "\n", "x,z\n1,soon\n")
            Issue.record("\(mapping) was taken")
        } catch {
            #expect("\(error)".contains(message), "\(error)")
        }
    }

    @Test("several files become one table, whose columns may go by several names")
    func several() throws {
        let mapping = try TableMapping(
            Self.head.replacing("file: data", with: "file: [one, two]") + """
                doubles: first
                keys: [{column: drug, type: text, from: [code, number]}]
                values: [{column: name, type: text, from: name}, {column: mg, type: int, is: ""}]
                valid from: {is: ""}
                """, file: "m.yaml")
        #expect(mapping.files == ["one", "two"])
        let one = (text: "name,number\na,1\nb,2\n", file: "one")
        let loaded = try mapping.load([one, (text: "code,name\n2,c\n3,d\n", file: "two")])
        #expect(loaded.rows == "drug,name,mg,valid_from,valid_to\n1,a,,,\n2,b,,,\n3,d,,,\n")
        #expect(loaded.rowCount == 3 && loaded.doubles == 1)
        let found = #expect(throws: SourceError.self) {
            try mapping.load([one, (text: "nr,name\n3,d\n", file: "two")])
        }
        #expect(
            found?.description
                == "two:1:1: there is no column 'code' or 'number'; there are nr, name")
    }

    @Test("a table that a shipped mapping makes can stand in the place of the shipped one")
    func shipped() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let tables = RuleFolder(path: root.appending(path: "rules").path).tables
        let files = try FileManager.default.contentsOfDirectory(
            at: root.appending(path: "mappings/tables"), includingPropertiesForKeys: nil)
        #expect(files.count >= 17)
        for file in files {
            let mapping = try TableMapping(
                String(contentsOf: file, encoding: .utf8), file: file.path)
            guard let shipped = tables.first(where: { $0.schema.name == mapping.table })?.schema
            else { continue }
            #expect(mapping.keys.map(\.type) == shipped.keys.map(\.type.description), "\(file)")
            #expect(mapping.hasValidity == shipped.hasValidity, "\(file)")
            for value in shipped.values {
                let made = mapping.values.first { $0.name == value.name }
                #expect(made?.type == value.type.description, "\(file): \(value.name)")
            }
        }
    }

    @Test("a difference names what came, went and changed")
    func difference() throws {
        func table(_ rows: String) throws -> KnowledgeTable {
            try TableReader.table(
                manifest: "name: t\nsource: s\nlicence: l\nkeys: [{column: k, type: text}]\n"
                    + "values: [{column: v, type: int}]\n",
                manifestFile: "t.yaml", rows: "k,v\n\(rows)", rowsFile: "t.csv")
        }
        let old = try table("a,1\nb,2\nc,3\n")
        let difference = TableDifference(from: old, to: try table("d,4\nb,5\na,1\n"))
        #expect(difference.addedCount == 1)
        #expect(difference.removedCount == 1 && difference.changedCount == 1)
        #expect(
            difference.changes == [
                .init(key: "b", before: "v 2", after: "v 5"),
                .init(key: "c", before: "v 3", after: nil),
                .init(key: "d", before: nil, after: "v 4"),
            ])
        #expect(TableDifference(from: old, to: try table("c,3\nb,2\na,1\n")).changes.isEmpty)
    }
}
