internal import Cryptography
public import Primitives
public import RuleLanguage

/// A table of what is known: which drug is limited to which sex, what counts as early.
///
/// Rows are found by their keys and, where the table has validity, by a day. The table is its
/// canonical bytes, and where each row begins in them; a row is read when somebody asks for it, so
/// that millions of rows are loaded in seconds. The hash stands in every finding that used it.
public struct KnowledgeTable: Sendable {
    public struct Row: Sendable {
        public let keys: [Value]
        /// First and last day on which the row is valid; nil where there is no end.
        public let from: Day?
        public let to: Day?
        /// One a value column, nil for an empty cell.
        public let values: [Value?]

        public init(keys: [Value], from: Day?, to: Day?, values: [Value?]) {
            self.keys = keys
            self.from = from
            self.to = to
            self.values = values
        }
    }

    public let schema: TableSchema
    /// Where the rows come from and under which licence, in words.
    public let source: String
    public let licence: String
    /// In the order of their canonical bytes.
    public let rows: KnowledgeRows
    public let hash: Digest
    private let finder: RowFinder

    /// The most keys that a table has.
    public static let keyCountMax = 4
    /// The most rows of a table.
    public static let rowCountMax = 16_000_000

    /// Orders and indexes the rows.
    ///
    /// - Throws: ``KnowledgeError`` where a row does not fit the columns, or two rows have one key
    ///   and a common day.
    public init(
        schema: TableSchema, source: String, licence: String, rows: [Row]
    ) throws(KnowledgeError) {
        for row in rows {
            guard row.keys.count == schema.keys.count, row.values.count == schema.values.count,
                TableKey(row.keys) != nil
            else { throw .shape(table: schema.name, key: row.keyText) }
        }
        let ordered = rows.map { KnowledgeTable.encode($0) }
            .sorted { $0.lexicographicallyPrecedes($1) }
        var bytes = KnowledgeTable.head(schema, source, licence, rowCount: rows.count)
        var starts = [UInt32(bytes.count)]
        starts.reserveCapacity(rows.count + 1)
        for row in ordered {
            bytes += row
            starts.append(UInt32(clamping: bytes.count))
        }
        guard bytes.count <= Int(UInt32.max) else {
            throw .malformed(.outOfRange(offset: 0, what: "table", limit: UInt64(UInt32.max)))
        }
        try self.init(
            schema: schema, source: source, licence: licence,
            rows: KnowledgeRows(schema: schema, bytes: bytes, starts: starts))
    }

    /// Indexes rows that stand in their order.
    init(
        schema: TableSchema, source: String, licence: String, rows: KnowledgeRows
    ) throws(KnowledgeError) {
        guard (1...KnowledgeTable.keyCountMax).contains(schema.keys.count) else {
            throw .keyCount(table: schema.name, count: schema.keys.count)
        }
        self.schema = schema
        self.source = source
        self.licence = licence
        self.rows = rows
        finder = try RowFinder(rows, table: schema.name)
        var hasher = SHA256.Hasher()
        hasher.update("custos knowledge")
        hasher.update(rows.bytes)
        hash = hasher.finish()
    }

    /// The indexes of the rows with these keys, whenever they are valid.
    func candidates(_ key: TableKey) -> Range<Int> { finder.rows(of: key, in: rows) }

    /// The index of the row with these keys that is valid on the day, or on any day where it is
    /// nil.
    func row(_ key: TableKey, on day: Day?) -> Int? {
        let found = candidates(key)
        guard let day else { return found.first }
        return found.first { place in
            let days = rows.validity(place, afterKey: key.bytes.count)
            return days.first <= day.number && day.number <= days.last
        }
    }

    /// The index of the row with these keys that is valid on the day; nil where there is none, or
    /// where a key is not known.
    public func place(of keys: [Value], on day: Day? = nil) -> Int? {
        TableKey(keys).flatMap { row($0, on: day) }
    }
}

extension KnowledgeTable.Row {
    var keyText: String { keys.map(\.description).joined(separator: ", ") }
}

/// Why rows make no knowledge table.
public enum KnowledgeError: Error, Sendable, Equatable {
    case keyCount(table: String, count: Int)
    case shape(table: String, key: String)
    case twoRows(table: String, key: String)
    case unknownTable(String)
    /// The bytes are no canonical table.
    case malformed(CBORError)
    case notListed(rule: String, table: String, key: String)
}

extension KnowledgeError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .keyCount(let table, let count):
            "the table '\(table)' has \(count) key columns; "
                + "1 to \(KnowledgeTable.keyCountMax) can be"
        case .shape(let table, let key):
            "the row of \(key) in the table '\(table)' does not have the table's columns"
        case .twoRows(let table, let key):
            "the table '\(table)' has two rows for \(key) that are valid on one day"
        case .malformed(let error): "not a canonical knowledge table: \(error)"
        case .unknownTable(let name): "there is no knowledge table '\(name)'"
        case .notListed(let rule, let table, let key):
            "the rule \(rule) asks the table '\(table)' for \(key), which it does not list"
        }
    }
}
