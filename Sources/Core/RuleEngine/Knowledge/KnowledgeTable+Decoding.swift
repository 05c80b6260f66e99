internal import Primitives
internal import Records
internal import RuleLanguage

extension KnowledgeTable {
    /// The most rows of a table.
    public static let rowCountMax = 2_000_000

    /// Reads a table from exactly its canonical bytes.
    ///
    /// - Throws: ``KnowledgeError/malformed(_:)`` for bytes in another form or order, and what
    ///   ``init(schema:source:licence:rows:)`` throws.
    public static func decode(_ bytes: [UInt8]) throws(KnowledgeError) -> KnowledgeTable {
        let parts: Parts
        do throws(CBORError) {
            var reader = CBORReader(bytes)
            parts = try Parts(from: &reader)
            try reader.finish()
        } catch {
            throw .malformed(error)
        }
        let table = try KnowledgeTable(
            schema: parts.schema, source: parts.source, licence: parts.licence,
            rows: parts.rows)
        // Rows out of order would be put in order, and have the hash of other bytes.
        guard table.encode() == bytes else {
            throw .malformed(
                .unexpected(
                    offset: 0, expected: "rows in the order of their bytes", found: "others"))
        }
        return table
    }

    private struct Parts {
        let schema: TableSchema
        let source: String
        let licence: String
        var rows: [Row] = []

        init(from reader: inout CBORReader) throws(CBORError) {
            try reader.array(exactly: 8)
            try reader.version(1)
            let name = try reader.text(atMost: 64)
            source = try reader.text(atMost: 4_096)
            licence = try reader.text(atMost: 4_096)
            let keys = try Parts.columns(from: &reader)
            let values = try Parts.columns(from: &reader)
            schema = TableSchema(
                name: name, keys: keys, values: values, hasValidity: try reader.bool())
            for _ in 0..<(try reader.array(atMost: rowCountMax)) {
                rows.append(try row(from: &reader))
            }
        }

        private static func columns(
            from reader: inout CBORReader
        ) throws(CBORError) -> [TableSchema.Column] {
            var columns: [TableSchema.Column] = []
            for _ in 0..<(try reader.array(atMost: 64)) {
                try reader.array(exactly: 2)
                let name = try reader.text(atMost: 64)
                let start = reader.offset
                let word = try reader.text(atMost: 64)
                guard let type = RuleType.named.first(where: { "\($0.type)" == word })?.type
                else {
                    throw .unexpected(
                        offset: start, expected: "the name of a type", found: word)
                }
                columns.append(TableSchema.Column(name: name, type: type))
            }
            return columns
        }

        private func row(from reader: inout CBORReader) throws(CBORError) -> Row {
            try reader.array(exactly: 4)
            try reader.array(exactly: schema.keys.count)
            var keys: [Value] = []
            for column in schema.keys { keys.append(try value(column.type, from: &reader)) }
            let from = try day(from: &reader)
            let to = try day(from: &reader)
            try reader.array(exactly: schema.values.count)
            var values: [Value?] = []
            for column in schema.values {
                values.append(try reader.isNull() ? nil : value(column.type, from: &reader))
            }
            return Row(keys: keys, from: from, to: to, values: values)
        }

        private func day(from reader: inout CBORReader) throws(CBORError) -> Day? {
            if try reader.isNull() { return nil }
            let start = reader.offset
            guard let number = Int32(exactly: try reader.integer()) else {
                throw .outOfRange(offset: start, what: "day", limit: UInt64(Int32.max))
            }
            return Day(number: number)
        }

        private func value(
            _ type: RuleType, from reader: inout CBORReader
        ) throws(CBORError) -> Value {
            guard let form = FactType.allCases.first(where: { $0.ruleType == type }) else {
                throw .unexpected(
                    offset: reader.offset, expected: "a type that tables hold", found: "\(type)")
            }
            return Value(try FactValue.decode(form, from: &reader))
        }
    }
}
