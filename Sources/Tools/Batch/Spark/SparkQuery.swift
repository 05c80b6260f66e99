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
        let keys = rule.windows.filter { $0.owner == nil }.compactMap { Self.keys($0, expression) }
            .filter { !$0.isEmpty }
        let widest =
            keys.first { keys in !keys.contains { $0.judged.contains { $0.contains("`patient`") } }
            }
            ?? keys.min { $0.count < $1.count }
        let hashed = widest.map { $0.flatMap(\.judged).joined(separator: ", ") } ?? "j.leaf"
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

    /// What of the judged row each part of a window's key may equal; of a window that a reasoning
    /// rule looks into, whatever was the key of those that led to it.
    private static func keys(
        _ window: CheckedWindow, _ expression: SQLExpression
    ) -> [(judged: [String], column: String)]? {
        let schema = FactKind.allCases[window.kind].schema
        var keys: [(judged: [String], column: String)] = []
        for key in window.keys {
            var asked: Set<String> = []
            guard let judged = Self.judged(key.node, window.owner, expression, &asked),
                !judged.isEmpty
            else { return nil }
            let name =
                schema.fields.indices.contains(key.field)
                ? schema.fields[key.field].name : "issuer"
            keys.append((Array(Set(judged)).sorted(), "w.\(SQLExpression.name(name))"))
        }
        return keys
    }

    /// What of the judged row a key may be, seen from the row of whoever looks.
    private static func judged(
        _ node: Int, _ owner: Int?, _ expression: SQLExpression, _ asked: inout Set<String>
    ) -> [String]? {
        guard let owner else {
            guard let text = expression.text(node), !asksRows(node, expression) else { return nil }
            return [text]
        }
        guard case .field(_, let field, let name, _) = expression.rule.nodes[node].operation else {
            return nil
        }
        return Self.judged(field, name, of: owner, expression, &asked)
    }

    /// What of the judged row a field may be, of rows that a reasoning rule is asked about.
    private static func judged(
        _ field: Int, _ name: String, of derivation: Int, _ expression: SQLExpression,
        _ asked: inout Set<String>
    ) -> [String]? {
        // A circle of reasoning rules comes back to a field that was asked for: nothing new.
        guard asked.insert("\(derivation) \(field)").inserted else { return [] }
        let rule = expression.rule
        var found = rule.derivation == derivation ? ["j.\(SQLExpression.name(name))"] : []
        for window in rule.windows where window.derivation == derivation {
            guard let key = window.keys.first(where: { $0.field == field }),
                let judged = Self.judged(key.node, window.owner, expression, &asked)
            else { return nil }
            found += judged
        }
        for number in rule.derivations.indices
        where rule.derivations[number].asksRows(of: derivation) {
            guard let judged = Self.judged(field, name, of: number, expression, &asked) else {
                return nil
            }
            found += judged
        }
        return found
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
        var ties = keys.map { key in
            key.judged.count == 1
                ? "\(key.column) = \(key.judged[0])"
                : "\(key.column) IN (\(key.judged.joined(separator: ", ")))"
        }
        if window.order == .earlier, window.owner == nil {
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
