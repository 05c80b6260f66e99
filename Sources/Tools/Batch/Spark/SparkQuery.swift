internal import Records
public import RuleLanguage

/// A rule as SQL for Apache Spark: which rows it may say something of, and which rows each of
/// these looks at.
///
/// A condition that SQL would not say exactly alike is left out, so the query selects more than
/// the rule finds, and never less. What it selects is judged by the evaluator of nodes, part by
/// part, so that findings have one source.
public struct SparkQuery: Sendable {
    /// How many parts the judged rows are spread over.
    public let partCount: Int
    public let rule: CheckedRule

    /// A query for a rule; one with a window that SQL cannot tie to the judged row has one part,
    /// with all rows of the window's kind.
    public init(_ rule: CheckedRule, partCount: Int) {
        self.rule = rule
        let expression = SQLExpression(rule: rule)
        let isTied = rule.windows.allSatisfy { Self.keys($0, expression) != nil }
        self.partCount = isTied ? max(1, partCount) : 1
    }

    /// Columns `part`, `judged`, `kind`, `leaf`, `ordinal`, `fact_text`; each row once in a part.
    public var sql: String {
        let expression = SQLExpression(rule: rule)
        let kind = FactKind.allCases[rule.kind].name
        var text = "-- \(rule.rule.header.id): \(rule.hash)\n"
        text += "WITH judged AS (\n  SELECT \(part(expression)) AS part, j.*\n  FROM \(kind) j"
        let conditions = judgedConditions(expression)
        if !conditions.isEmpty {
            text += "\n  WHERE " + conditions.joined(separator: "\n    AND ")
        }
        text += "\n)\nSELECT part, max(judged) AS judged, kind, leaf, ordinal, fact_text FROM (\n"
        text += "  SELECT part, TRUE AS judged, '\(kind)' AS kind, leaf, ordinal, fact_text"
        text += " FROM judged"
        for window in rule.windows { text += "\n  UNION ALL\n  " + rows(window, expression) }
        return text + "\n)\nGROUP BY part, kind, leaf, ordinal, fact_text\n"
    }

    /// Rows with the same key stand in the same part: the key of the window that is not a
    /// patient's where there is one, since most rows share that.
    private func part(_ expression: SQLExpression) -> String {
        let keys = rule.windows.compactMap { Self.keys($0, expression) }.filter { !$0.isEmpty }
        let widest =
            keys.first { keys in !keys.contains { $0.judged.contains("`patient`") } }
            ?? keys.min { $0.count < $1.count }
        let hashed = widest.map { $0.map(\.judged).joined(separator: ", ") } ?? "j.leaf"
        return partCount == 1 ? "0" : "CAST(pmod(xxhash64(\(hashed)), \(partCount)) AS INT)"
    }

    /// What can be said of the judged row alone: a row of which a part of the filter is known to
    /// be false is none, and where the filter holds one of which a part of the condition is.
    private func judgedConditions(_ expression: SQLExpression) -> [String] {
        let filters = rule.filter.map { parts($0) } ?? []
        let told = filters.compactMap { expression.text($0) }
        var conditions = told.map { "coalesce(\($0), TRUE)" }
        guard told.count == filters.count else { return conditions }
        let holds = told.isEmpty ? nil : told.joined(separator: " AND ")
        for part in parts(rule.condition) {
            guard let text = expression.text(part) else { continue }
            let doubt = holds.map { "NOT coalesce(\($0), FALSE) OR " } ?? ""
            conditions.append("(\(doubt)coalesce(\(text), TRUE))")
        }
        return conditions
    }

    private func parts(_ node: Int) -> [Int] {
        switch rule.nodes[node].operation {
        case .and(let a, let b): parts(a) + parts(b)
        case .binding(let binding): parts(rule.bindings[binding].node)
        default: [node]
        }
    }

    // MARK: - Windows

    private static func keys(
        _ window: CheckedWindow, _ expression: SQLExpression
    ) -> [(judged: String, column: String)]? {
        let schema = FactKind.allCases[window.kind].schema
        var keys: [(judged: String, column: String)] = []
        for key in window.keys {
            guard let judged = expression.text(key.node), !asksRows(key.node, expression) else {
                return nil
            }
            let name =
                schema.fields.indices.contains(key.field)
                ? schema.fields[key.field].name : "issuer"
            keys.append((judged, "w.\(SQLExpression.name(name))"))
        }
        return keys
    }

    private static func asksRows(_ root: Int, _ expression: SQLExpression) -> Bool {
        if case .field(let depth, _, _, _) = expression.rule.nodes[root].operation {
            return depth > 0
        }
        return false
    }

    private func rows(_ window: CheckedWindow, _ expression: SQLExpression) -> String {
        let kind = FactKind.allCases[window.kind].name
        let columns = "FALSE AS judged, '\(kind)' AS kind, w.leaf, w.ordinal, w.fact_text"
        guard let keys = Self.keys(window, expression), partCount > 1 || isTied else {
            return "SELECT 0 AS part, \(columns) FROM \(kind) w"
        }
        var ties = keys.map { "\($0.column) = \($0.judged)" }
        if window.order == .earlier {
            ties.append("(w.leaf < j.leaf OR w.leaf = j.leaf AND w.ordinal < j.ordinal)")
        }
        if ties.isEmpty { ties.append("TRUE") }
        return "SELECT j.part, \(columns) FROM judged j JOIN \(kind) w ON "
            + ties.joined(separator: "\n    AND ")
    }

    private var isTied: Bool {
        let expression = SQLExpression(rule: rule)
        return rule.windows.allSatisfy { Self.keys($0, expression) != nil }
    }
}
