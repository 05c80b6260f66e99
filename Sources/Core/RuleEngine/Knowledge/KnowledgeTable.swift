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
    /// The head, and the hashes of the chunks that the rows come in: what ``hash`` is made of.
    public let outline: TableOutline
    public let hash: Digest
    /// The chunks, as ranges of the canonical bytes.
    private let chunks: [Range<Int>]

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
        for row in ordered { bytes += row }
        self = try KnowledgeTable.decode(bytes)
    }

    /// A table of rows that were seen to be canonical.
    init(_ head: Head, _ bytes: TableBytes, _ index: TableIndex) {
        schema = head.schema
        source = head.source
        licence = head.licence
        rows = KnowledgeRows(schema: head.schema, bytes: bytes, index: index)
        chunks = rows.chunks
        outline = TableOutline(
            head: bytes.copy(0..<head.byteCount), leaves: chunks.map { bytes.leaf($0) })
        hash = outline.hash
    }

    /// How many bytes the canonical form has.
    public var byteCount: Int { rows.bytes.count }

    /// The rows of a chunk, by its number in the outline, as they stand in the canonical form.
    public func chunk(_ number: Int) -> [UInt8] { rows.bytes.copy(chunks[number]) }

    /// What to keep beside the canonical bytes, to ``open(_:index:hash:)`` the table again.
    public var indexFile: [UInt8] { rows.index.file(of: hash) }

    /// The indexes of the rows with these keys, whenever they are valid.
    func candidates(_ key: TableKey) -> Range<Int> {
        rows.index.find(key.bytes, in: rows.bytes)?.rows ?? 0..<0
    }

    /// The index of the row with these keys that is valid on the day, or on any day where it is
    /// nil.
    func row(_ key: TableKey, on day: Day?) -> Int? {
        guard let found = rows.index.find(key.bytes, in: rows.bytes) else { return nil }
        guard let day else { return found.rows.lowerBound }
        return found.rows.first { place in
            // Where the first begins is known, and so mostly nothing else is read for it.
            let start =
                place == found.rows.lowerBound ? found.start : rows.index.start(of: place)
            let days = rows.validity(at: start + key.bytes.count)
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
