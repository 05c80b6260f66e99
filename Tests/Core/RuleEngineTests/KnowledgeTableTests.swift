import Primitives
import RuleEngine
import RuleLanguage
import Testing

@Suite("Knowledge table")
struct KnowledgeTableTests {
    private static let schema = TableSchema(
        name: "limits",
        keys: [TableSchema.Column(name: "name", type: .text)],
        values: [
            TableSchema.Column(name: "value", type: .decimal),
            TableSchema.Column(name: "of", type: .code),
        ], hasValidity: true)

    private func table() throws -> KnowledgeTable {
        let decimal = try #require(ExactDecimal("0.80"))
        return try KnowledgeTable(
            schema: Self.schema, source: "a guideline", licence: "public domain",
            rows: [
                KnowledgeTable.Row(
                    keys: [.text("z")], from: Day(number: 3), to: nil,
                    values: [.decimal(decimal), nil]),
                KnowledgeTable.Row(
                    keys: [.text("a")], from: nil, to: Day(number: 9),
                    values: [nil, .code(system: "icd10", code: "E11")]),
            ])
    }

    @Test("comes back from its bytes with the same hash")
    func roundTrip() throws {
        let table = try table()
        let read = try KnowledgeTable.decode(table.encode())
        #expect(read.hash == table.hash && read.encode() == table.encode())
        #expect(read.rows.count == 2 && read.schema == table.schema)
    }

    private func table(_ rows: [(key: String, from: Int32?, to: Int32?)]) throws -> KnowledgeTable {
        try KnowledgeTable(
            schema: Self.schema, source: "", licence: "",
            rows: rows.map { row in
                KnowledgeTable.Row(
                    keys: [.text(row.key)], from: row.from.map { Day(number: $0) },
                    to: row.to.map { Day(number: $0) }, values: [nil, nil])
            })
    }

    @Test("a row is found by its key and a day, among thousands")
    func found() throws {
        let many = (0..<5_000).map { ("key \($0)", Int32?(10), Int32?(20)) }
        let table = try table(many + [("key 7", 30, nil), ("key 7", nil, 5)])
        #expect(table.rows.count == 5_002)
        for (key, days) in [("key 7", [5, 10, 20, 30, 99]), ("key 4999", [10, 20])] {
            for day in days {
                let place = try #require(table.place(of: [.text(key)], on: Day(number: Int32(day))))
                let row = table.rows[place]
                #expect(row.keys.map(\.description) == [Value.text(key).description])
                #expect(row.from.map { $0.number <= Int32(day) } ?? true)
                #expect(row.to.map { Int32(day) <= $0.number } ?? true)
            }
        }
        #expect(table.place(of: [.text("key 7")], on: Day(number: 25)) == nil)
        #expect(table.place(of: [.text("key 4999")], on: Day(number: 21)) == nil)
        #expect(table.place(of: [.text("key")]) == nil)
        #expect(table.place(of: [.text("key 77")]) != nil)
    }

    @Test("a table comes in chunks that its hash covers one by one")
    func chunks() throws {
        let table = try table((0..<20_000).map { ("key \($0)", Int32?(10), nil) })
        let outline = try TableOutline.decode(table.outline.encode())
        #expect(outline.hash == table.hash && outline.leaves.count > 3)
        var bytes = outline.head
        for number in outline.leaves.indices {
            let chunk = table.chunk(number)
            bytes += chunk
            #expect(outline.isChunk(chunk, number: number))
            #expect(!outline.isChunk(chunk, number: (number + 1) % outline.leaves.count))
            var bent = chunk
            bent[chunk.count / 2] ^= 1
            #expect(!outline.isChunk(bent, number: number))
            let isLast = number == outline.leaves.count - 1
            #expect(isLast || chunk.count >= TableOutline.chunkByteCount)
        }
        #expect(bytes == table.encode() && !outline.isChunk([], number: outline.leaves.count))
        let other = TableOutline(head: outline.head, leaves: outline.leaves.reversed())
        #expect(other.hash != table.hash)
    }

    @Test("a table opens with the index that was made of it, and with no other one")
    func index() throws {
        let table = try table(
            (0..<5_000).map { ("key \($0)", Int32?(10), Int32?(20)) } + [("key 7", 30, nil)])
        let bytes = TableBytes(table.encode())
        let file = table.indexFile
        func open(_ index: [UInt8], _ hash: Digest) -> KnowledgeTable? {
            KnowledgeTable.open(bytes, index: TableBytes(index), hash: hash)
        }
        let opened = try #require(open(file, table.hash))
        #expect(opened.hash == table.hash && opened.rows.count == 5_001)
        for (key, day) in [("key 7", 15), ("key 7", 31), ("key 7", 25), ("key 9999", 15)] {
            let day = Day(number: Int32(day))
            #expect(
                opened.place(of: [.text(key)], on: day) == table.place(of: [.text(key)], on: day))
        }
        #expect(opened.place(of: [.text("key 7")], on: Day(number: 31)) != nil)
        #expect(open(file, .zero) == nil && open([], table.hash) == nil)
        for place in stride(from: 0, to: file.count, by: 997) {
            var bent = file
            bent[place] ^= 0x10
            #expect(open(bent, table.hash) == nil, "byte \(place)")
        }
        let other = try self.table([("key", 1, nil)])
        #expect(open(other.indexFile, table.hash) == nil)
        #expect(
            KnowledgeTable.open(
                TableBytes(other.encode()), index: TableBytes(file), hash: table.hash) == nil)
    }

    @Test("two rows of one key must not share a day")
    func twoRows() throws {
        for (from, to) in [(Int32?(20), Int32?(30)), (nil, 10), (15, 16), (nil, nil)] {
            #expect(throws: KnowledgeError.twoRows(table: "limits", key: "a")) {
                try table([("a", 10, 20), ("a", from, to)])
            }
        }
        #expect(try table([("a", 10, 20), ("a", 21, nil), ("a", nil, 9)]).rows.count == 3)
    }

    @Test("rows in another order are refused")
    func order() throws {
        let ordered = try table([("a", 1, 2), ("b", 1, 2)]).encode()
        let size = try table([("a", 1, 2)]).encode().count - table([]).encode().count
        let (first, second) = (ordered.suffix(2 * size).prefix(size), ordered.suffix(size))
        let bytes = Array(ordered.dropLast(2 * size)) + second + first
        #expect(throws: KnowledgeError.self) { try KnowledgeTable.decode(bytes) }
        let twice = Array(ordered.dropLast(2 * size)) + first + first
        #expect(throws: KnowledgeError.self) { try KnowledgeTable.decode(twice) }
    }

    @Test("a bent bit is refused, or is another table of another hash")
    func bent() throws {
        let table = try table()
        let bytes = table.encode()
        for index in bytes.indices {
            for bit in 0..<8 {
                var bent = bytes
                bent[index] ^= 1 << UInt8(bit)
                guard let read = try? KnowledgeTable.decode(bent) else { continue }
                let again = try KnowledgeTable(
                    schema: read.schema, source: read.source, licence: read.licence,
                    rows: Array(read.rows))
                #expect(read.hash != table.hash && again.encode() == bent)
            }
        }
        for end in bytes.indices {
            #expect(throws: KnowledgeError.self) {
                try KnowledgeTable.decode(Array(bytes[..<end]))
            }
        }
    }
}
