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

    @Test("a bent bit is refused, or is another table of another hash")
    func bent() throws {
        let table = try table()
        let bytes = table.encode()
        for index in bytes.indices {
            for bit in 0..<8 {
                var bent = bytes
                bent[index] ^= 1 << UInt8(bit)
                guard let read = try? KnowledgeTable.decode(bent) else { continue }
                #expect(read.hash != table.hash && read.encode() == bent)
            }
        }
        for end in bytes.indices {
            #expect(throws: KnowledgeError.self) {
                try KnowledgeTable.decode(Array(bytes[..<end]))
            }
        }
    }
}
