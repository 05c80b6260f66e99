internal import Primitives
internal import RuleLanguage

/// Why rows are facts of reasoning rules, or are not, down to the entries that they stand on.
extension FactStore {
    /// A tree for each row that a window of a reasoning rule's facts looked at: those that it has,
    /// and then those that were refused.
    func facts(
        of number: Int, _ found: Frame.WindowRows, _ plan: Plan, _ frame: inout Frame
    ) -> [Explanation.Node] {
        let window = plan.rule.windows[number]
        guard window.derivation != nil, let filter = window.filter else { return [] }
        let depth = window.depth + 1
        let outer = frame.rows[depth]
        defer { frame.rows[depth] = outer }
        var nodes: [Explanation.Node] = []
        for row in found.rows + found.refused.prefix(FactStore.toldRowCountMax) {
            frame.rows[depth] = row
            nodes.append(told(row, filter, plan, &frame))
        }
        return nodes
    }

    /// What a reasoning rule says of a row, and the windows that it looked into from there; told
    /// once of each row.
    func reasons(
        _ derivation: Int, _ row: Int32, _ plan: Plan, _ frame: inout Frame
    ) -> [Explanation.Node] {
        let question = Reasoned.Question(derivation: derivation, row: row)
        guard frame.explained.questions.insert(question).inserted else {
            return [
                Explanation.Node(
                    text: entry(of: row), value: "told elsewhere", row: nil, children: [])
            ]
        }
        let rule = plan.rule.derivations[derivation]
        let (tree, filled) = look(from: row, by: derivation, plan, &frame) { store, frame in
            var tree: [Explanation.Node] = []
            for node in [rule.condition] + rule.gives.map(\.node) {
                if let node = store.explain(node, 2, plan, &frame) { tree.append(node) }
            }
            let filled = rule.windows.filter { frame.windows[$0].isFilled }
            return (tree, filled.map { ($0, frame.windows[$0]) })
        }
        var nodes = tree
        for (number, found) in filled {
            let window = plan.rule.windows[number]
            let name = "\(window.name), \(entry(of: row))"
            frame.explained.windows.append(explained(found, window, name: name))
            let facts = look(from: row, by: derivation, plan, &frame) { store, frame in
                store.facts(of: number, found, plan, &frame)
            }
            nodes.append(
                Explanation.Node(
                    text: "window \(window.name)", value: FactStore.count(found.rows.count),
                    row: nil, children: facts))
        }
        return nodes
    }

    /// A window as explanations list it.
    func explained(
        _ found: Frame.WindowRows, _ window: CheckedWindow, name: String
    ) -> Explanation.Window {
        Explanation.Window(
            name: name, kind: FactStore.kindName(window.kind),
            leaves: found.rows.map { rows.heads[Int($0)].leaf },
            undecided: found.undecided.map { "\($0)" } ?? "")
    }

    static func count(_ rows: Int) -> String { rows == 1 ? "1 row" : "\(rows) rows" }

    func entry(of row: Int32) -> String {
        let head = rows.heads[Int(row)]
        return head.ordinal == 0 ? "leaf \(head.leaf)" : "leaf \(head.leaf), row \(head.ordinal)"
    }
}
