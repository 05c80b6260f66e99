internal import RuleLanguage

/// What the conditions and values of a window said of each of its rows.
extension FactStore {
    /// The most rows of a window that are told of, and of those that its filter refused.
    static let toldRowCountMax = 16

    /// The rows that a window's filter took and those that it refused; nil where it has none.
    func filtered(
        _ number: Int, _ plan: Plan, _ frame: inout Frame
    ) -> Explanation.Part? {
        let window = plan.rule.windows[number]
        guard window.derivation == nil, let filter = window.filter else { return nil }
        let found = frame.windows[number]
        guard !found.rows.isEmpty || !found.refused.isEmpty else { return nil }
        let depth = window.depth + 1
        return Explanation.Part(
            place: "with", name: window.name,
            node: Explanation.Node(
                text: FactStore.kindName(window.kind), value: FactStore.count(found.rows.count),
                row: nil,
                children: told(found.rows, depth, filter, plan, &frame)
                    + told(found.refused, depth, filter, plan, &frame)))
    }

    /// What a node says of rows that stand at a depth, the first of them one by one.
    func told(
        _ rows: [Int32], _ depth: Int, _ node: Int, _ plan: Plan, _ frame: inout Frame
    ) -> [Explanation.Node] {
        let outer = frame.rows[depth]
        defer { frame.rows[depth] = outer }
        var nodes: [Explanation.Node] = []
        for row in rows.prefix(FactStore.toldRowCountMax) {
            frame.rows[depth] = row
            nodes.append(told(row, node, plan, &frame))
        }
        if rows.count > FactStore.toldRowCountMax {
            nodes.append(
                Explanation.Node(
                    text: "\(rows.count - FactStore.toldRowCountMax) more", value: "not told",
                    row: nil, children: []))
        }
        return nodes
    }

    /// What a node says of the row that stands where it looks.
    func told(
        _ row: Int32, _ node: Int, _ plan: Plan, _ frame: inout Frame
    ) -> Explanation.Node {
        let value = evaluate(node, plan, &frame)
        return Explanation.Node(
            text: entry(of: row), value: "\(value)", row: nil,
            children: explain(node, 2, plan, &frame).map { [$0] } ?? [])
    }
}
