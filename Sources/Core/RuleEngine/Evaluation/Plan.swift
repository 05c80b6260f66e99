internal import RuleLanguage

/// A checked rule with the tables and indexes that it uses, ready to run.
final class Plan: Sendable {
    let rule: CheckedRule
    let nodes: [CheckedNode]
    /// The nodes as they are evaluated, and the constants among them.
    let steps: [PlanNode]
    let constants: [Value]
    /// By the index of the table in the schema.
    let tables: [KnowledgeTable]
    /// The index of rows that each window searches.
    let indexes: [Int]
    /// For each window, which of the indexes of its kind that is.
    let placesOfIndexes: [Int]
    /// Whether the filter can be answered from the judged row alone.
    let filterIsPlain: Bool
    /// The smallest conditions, by node; for coverage.
    let isCondition: [Bool]
    let depthCount: Int

    init(
        rule: CheckedRule, tables: [KnowledgeTable],
        specifications: inout [IndexSpecification]
    ) throws(KnowledgeError) {
        self.rule = rule
        self.tables = tables
        nodes = rule.nodes
        var constants: [Value] = []
        steps = rule.nodes.map { PlanNode($0.operation, &constants) }
        self.constants = constants
        let indexes = rule.windows.map { window in
            let wanted = IndexSpecification(window)
            if let known = specifications.firstIndex(of: wanted) { return known }
            specifications.append(wanted)
            return specifications.count - 1
        }
        self.indexes = indexes
        let known = specifications
        placesOfIndexes = indexes.map { index in
            known[..<index].count { $0.kind == known[index].kind }
        }
        filterIsPlain = rule.filter.map { !Plan.asksWindows($0, rule.nodes) } ?? true
        var isCondition = Array(repeating: false, count: rule.nodes.count)
        for condition in rule.conditions { isCondition[condition.node] = true }
        self.isCondition = isCondition
        // The row of a reasoning rule, and the rows of its windows.
        var depth = rule.derivations.isEmpty ? 1 : 2
        for node in rule.nodes {
            switch node.operation {
            case .aggregate(_, _, let inner, _), .together(_, _, let inner, _):
                depth = max(depth, inner)
            default: continue
            }
        }
        depthCount = depth + 1
        try checkConstantKeys()
    }

    /// A limit that no table lists would leave the rule unknown for ever; it is told at once.
    private func checkConstantKeys() throws(KnowledgeError) {
        for node in nodes {
            let found: (table: Int, keys: [Int], day: Int?)
            switch node.operation {
            case .lookUp(let table, _, let keys, let day): found = (table, keys, day)
            default: continue
            }
            var values: [Value] = []
            for key in found.keys {
                if case .constant(let value) = nodes[key].operation { values.append(value) }
            }
            guard values.count == found.keys.count, found.day == nil,
                let key = TableKey(values)
            else { continue }
            let table = tables[found.table]
            if table.row(key, on: nil) == nil {
                throw .notListed(
                    rule: rule.rule.header.id, table: table.schema.name,
                    key: values.map(\.source).joined(separator: ", "))
            }
        }
    }

    static func asksWindows(_ root: Int, _ nodes: [CheckedNode]) -> Bool {
        var waiting = [root]
        while let node = waiting.popLast() {
            switch nodes[node].operation {
            case .aggregate, .together, .binding, .derives, .given: return true
            case let operation: waiting += operation.children
            }
        }
        return false
    }
}
