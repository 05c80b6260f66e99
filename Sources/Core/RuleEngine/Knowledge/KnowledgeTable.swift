internal import Cryptography
public import Primitives
public import RuleLanguage

/// A table of what is known: which drug is limited to which sex, what counts as early.
///
/// Rows are found by their keys and, where the table has validity, by a day. The table is a value
/// with canonical bytes; its hash stands in every finding that used it.
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
    public let rows: [Row]
    public let hash: Digest
    private let places: [TableKey: [Int32]]

    /// The most keys that a table has.
    public static let keyCountMax = 4

    /// Orders and indexes the rows.
    ///
    /// - Throws: ``KnowledgeError`` where a row does not fit the columns, or two rows have one key
    ///   and a common day.
    public init(
        schema: TableSchema, source: String, licence: String, rows: [Row]
    ) throws(KnowledgeError) {
        guard (1...KnowledgeTable.keyCountMax).contains(schema.keys.count) else {
            throw .keyCount(table: schema.name, count: schema.keys.count)
        }
        let ordered = rows.map { ($0, KnowledgeTable.encode($0)) }
            .sorted { $0.1.lexicographicallyPrecedes($1.1) }
        var places: [TableKey: [Int32]] = [:]
        places.reserveCapacity(rows.count)
        for (index, entry) in ordered.enumerated() {
            let row = entry.0
            guard row.keys.count == schema.keys.count, row.values.count == schema.values.count,
                let key = TableKey(row.keys)
            else { throw .shape(table: schema.name, key: row.keyText) }
            for other in places[key] ?? [] where ordered[Int(other)].0.meets(row) {
                throw .twoRows(table: schema.name, key: row.keyText)
            }
            places[key, default: []].append(Int32(index))
        }
        self.schema = schema
        self.source = source
        self.licence = licence
        self.rows = ordered.map(\.0)
        self.places = places
        hash = KnowledgeTable.hash(schema, source, licence, ordered.map(\.1))
    }

    /// The indexes of the rows with these keys, whenever they are valid.
    func candidates(_ key: TableKey) -> [Int32] { places[key] ?? [] }

    /// The index of the row with these keys that is valid on the day.
    func row(_ key: TableKey, on day: Day?) -> Int? {
        guard let candidates = places[key] else { return nil }
        for candidate in candidates {
            guard let day else { return Int(candidate) }
            let row = rows[Int(candidate)]
            if row.from.map({ $0 <= day }) ?? true, row.to.map({ day <= $0 }) ?? true {
                return Int(candidate)
            }
        }
        return nil
    }
}

extension KnowledgeTable.Row {
    var keyText: String { keys.map(\.description).joined(separator: ", ") }

    func meets(_ other: KnowledgeTable.Row) -> Bool {
        let beginsInTime = from.flatMap { from in other.to.map { from <= $0 } } ?? true
        let endsInTime = to.flatMap { to in other.from.map { $0 <= to } } ?? true
        return beginsInTime && endsInTime
    }
}

/// The keys of a row of a table.
struct TableKey: Hashable, Sendable {
    let first: KeyPart
    let second: KeyPart?
    let third: KeyPart?
    let fourth: KeyPart?

    init(_ first: KeyPart, _ second: KeyPart?, _ third: KeyPart?, _ fourth: KeyPart?) {
        self.first = first
        self.second = second
        self.third = third
        self.fourth = fourth
    }

    init?(_ values: [Value]) {
        let parts = values.compactMap { KeyPart($0) }
        guard parts.count == values.count else { return nil }
        self.init(parts: parts)
    }

    init?(parts: [KeyPart]) {
        guard let first = parts.first else { return nil }
        self.init(
            first, parts.count > 1 ? parts[1] : nil, parts.count > 2 ? parts[2] : nil,
            parts.count > 3 ? parts[3] : nil)
    }
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
