internal import Primitives
internal import Records
internal import RuleLanguage

extension KnowledgeTable {
    /// Reads a table from exactly its canonical bytes.
    ///
    /// - Throws: ``KnowledgeError/malformed(_:)`` for bytes in another form or order, and what
    ///   ``init(schema:source:licence:rows:)`` throws.
    public static func decode(_ bytes: [UInt8]) throws(KnowledgeError) -> KnowledgeTable {
        let parts: Parts
        do throws(CBORError) {
            parts = try CBORReader.whole(bytes[...]) { reader throws(CBORError) in
                try Parts(from: &reader, bytes)
            }
        } catch {
            throw .malformed(error)
        }
        return try KnowledgeTable(
            schema: parts.schema, source: parts.source, licence: parts.licence,
            rows: KnowledgeRows(schema: parts.schema, bytes: bytes, starts: parts.starts))
    }

    private struct Parts {
        let schema: TableSchema
        let source: String
        let licence: String
        var starts: [UInt32] = []

        init(from reader: inout CBORReader, _ bytes: [UInt8]) throws(CBORError) {
            guard bytes.count <= Int(UInt32.max) else {
                throw .outOfRange(offset: 0, what: "table", limit: UInt64(UInt32.max))
            }
            try reader.array(exactly: 8)
            try reader.version(1)
            let name = try reader.text(atMost: 64)
            source = try reader.text(atMost: 4_096)
            licence = try reader.text(atMost: 4_096)
            let keys = try Parts.columns(from: &reader)
            let values = try Parts.columns(from: &reader)
            schema = TableSchema(
                name: name, keys: keys, values: values, hasValidity: try reader.bool())
            let isPlain = (keys + values).allSatisfy { KnowledgeTable.isPlain($0.type) }
            var last: ArraySlice<UInt8> = []
            for _ in 0..<(try reader.array(atMost: rowCountMax)) {
                let start = reader.offset
                let row = try KnowledgeTable.row(schema, from: &reader)
                let own = reader.slice(from: start)
                guard last.lexicographicallyPrecedes(own) else {
                    throw .unexpected(
                        offset: start, expected: "rows in the order of their bytes, each once",
                        found: "others")
                }
                guard isPlain || own.elementsEqual(KnowledgeTable.encode(row)) else {
                    throw .unexpected(
                        offset: start, expected: "values in their shortest form",
                        found: "others")
                }
                starts.append(UInt32(start))
                last = own
            }
            starts.append(UInt32(reader.offset))
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
    }

    /// Whether every value of a type has one form only in strict CBOR.
    private static func isPlain(_ type: RuleType) -> Bool {
        switch type {
        case .bool, .integer, .text, .code, .date, .patient, .practitioner, .institution,
            .claim, .prescription:
            true
        default: false
        }
    }

    /// The next row of a table with these columns.
    static func row(
        _ schema: TableSchema, from reader: inout CBORReader
    ) throws(CBORError) -> Row {
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

    static func day(from reader: inout CBORReader) throws(CBORError) -> Day? {
        if try reader.isNull() { return nil }
        let start = reader.offset
        guard let number = Int32(exactly: try reader.integer()) else {
            throw .outOfRange(offset: start, what: "day", limit: UInt64(Int32.max))
        }
        return Day(number: number)
    }

    private static func value(
        _ type: RuleType, from reader: inout CBORReader
    ) throws(CBORError) -> Value {
        guard let form = FactType.allCases.first(where: { $0.ruleType == type }) else {
            throw .unexpected(
                offset: reader.offset, expected: "a type that tables hold", found: "\(type)")
        }
        return Value(try FactValue.decode(form, from: &reader))
    }
}
