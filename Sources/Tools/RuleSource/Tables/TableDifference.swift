internal import Primitives
public import RuleEngine
internal import RuleLanguage

/// What one version of a knowledge table has and another has not.
public struct TableDifference: Sendable {
    public struct Change: Sendable, Hashable {
        /// Keys and days of validity, in words.
        public let key: String
        public let before: String?
        public let after: String?
    }

    public let table: String
    /// By key, in the order of the tables.
    public let changes: [Change]

    public init(from old: KnowledgeTable, to new: KnowledgeTable) {
        table = new.schema.name
        let before = TableDifference.texts(old)
        let after = TableDifference.texts(new)
        let known = Dictionary(before, uniquingKeysWith: { first, _ in first })
        let now = Dictionary(after, uniquingKeysWith: { first, _ in first })
        var changes: [Change] = []
        for (key, values) in before where now[key] != values {
            changes.append(Change(key: key, before: values, after: now[key]))
        }
        for (key, values) in after where known[key] == nil {
            changes.append(Change(key: key, before: nil, after: values))
        }
        self.changes = changes
    }

    public var addedCount: Int { changes.count { $0.before == nil } }
    public var removedCount: Int { changes.count { $0.after == nil } }
    public var changedCount: Int { changes.count - addedCount - removedCount }

    private static func texts(_ table: KnowledgeTable) -> [(String, String)] {
        table.rows.map { row in
            var key = row.keys.map(\.description).joined(separator: ", ")
            if table.schema.hasValidity {
                key += " (\(row.from.map(\.description) ?? "…") to "
                key += "\(row.to.map(\.description) ?? "…"))"
            }
            let values = zip(table.schema.values, row.values).map { column, value in
                "\(column.name) \(value.map(\.description) ?? "–")"
            }
            return (key, values.joined(separator: ", "))
        }
    }
}
