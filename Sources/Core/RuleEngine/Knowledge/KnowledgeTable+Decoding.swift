public import Primitives
internal import Records
internal import RuleLanguage

extension KnowledgeTable {
    /// Reads a table from exactly its canonical bytes.
    ///
    /// - Throws: ``KnowledgeError/malformed(_:)`` for bytes in another form or order, and
    ///   ``KnowledgeError/twoRows(table:key:)`` for two rows with one key and a common day.
    public static func decode(_ bytes: [UInt8]) throws(KnowledgeError) -> KnowledgeTable {
        try decode(TableBytes(bytes))
    }

    /// Reads a table from exactly its canonical bytes, where they lie: little of them is in
    /// memory at a time, if they are mapped.
    public static func decode(_ bytes: TableBytes) throws(KnowledgeError) -> KnowledgeTable {
        guard bytes.count <= Int(UInt32.max) else {
            throw .malformed(
                .outOfRange(offset: 0, what: "table", limit: UInt64(UInt32.max)))
        }
        let head: Head
        do throws(CBORError) {
            head = try Head(bytes)
        } catch {
            throw .malformed(error)
        }
        try head.check()
        var check = TableCheck(bytes, head)
        let index = try check.run()
        return KnowledgeTable(head, bytes, index)
    }

    /// Opens a table that was read before, with the index that was made of it then.
    ///
    /// Its bytes are hashed, not read: rows that are canonical once are so for ever.
    /// - Returns: nil where the index is damaged, or of another table.
    public static func open(
        _ bytes: TableBytes, index: TableBytes, hash: Digest
    ) -> KnowledgeTable? {
        guard let head = try? Head(bytes), let index = TableIndex(file: index, of: hash),
            index.rowCount == head.rowCount, index.start(of: 0) == head.byteCount,
            index.start(of: index.rowCount) == bytes.count
        else { return nil }
        let table = KnowledgeTable(head, bytes, index)
        return table.hash == hash ? table : nil
    }

    /// What stands before the rows.
    struct Head {
        let schema: TableSchema
        let source: String
        let licence: String
        let rowCount: Int
        let byteCount: Int

        init(_ bytes: TableBytes) throws(CBORError) {
            let window = bytes.copy(0..<min(bytes.count, TableOutline.headByteCountMax))
            var reader = CBORReader(window)
            try reader.array(exactly: 8)
            try reader.version(1)
            let name = try reader.text(atMost: 64)
            source = try reader.text(atMost: 4_096)
            licence = try reader.text(atMost: 4_096)
            let keys = try Head.columns(from: &reader)
            let values = try Head.columns(from: &reader)
            schema = TableSchema(
                name: name, keys: keys, values: values, hasValidity: try reader.bool())
            // The rows may lie beyond what was copied.
            rowCount = try reader.openArray(atMost: KnowledgeTable.rowCountMax)
            byteCount = reader.offset
            guard rowCount <= bytes.count - byteCount else { throw .truncated(offset: byteCount) }
        }

        func check() throws(KnowledgeError) {
            guard (1...KnowledgeTable.keyCountMax).contains(schema.keys.count) else {
                throw .keyCount(table: schema.name, count: schema.keys.count)
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
