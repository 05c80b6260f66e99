internal import Primitives
internal import Records
internal import RuleLanguage

extension FactStore {
    /// The last judgement as a tree: what each part of the rule said, and the rows it looked at.
    func explain(_ verdict: Verdict, _ plan: Plan, _ frame: inout Frame) -> Explanation {
        let header = plan.rule.rule.header
        let row = frame.rows[0]
        let head = rows.heads[Int(row)]
        var parts: [Explanation.Part] = []
        frame.explained = Frame.Explained()
        if let filter = plan.rule.filter {
            parts += part("where", "", filter, plan, &frame)
        }
        parts += part("when", "", plan.rule.condition, plan, &frame)
        for exception in plan.rule.exceptions {
            parts += part("except", exception.name, exception.node, plan, &frame)
        }
        var windows: [Explanation.Window] = []
        for (number, window) in plan.rule.windows.enumerated()
        where frame.windows[number].isFilled && window.owner == nil {
            let found = frame.windows[number]
            windows.append(explained(found, window, name: window.name))
            if let part = filtered(number, plan, &frame) { parts.append(part) }
            let facts = facts(of: number, found, plan, &frame)
            guard !facts.isEmpty, let asked = window.derivation else { continue }
            parts.append(
                Explanation.Part(
                    place: "with", name: window.name,
                    node: Explanation.Node(
                        text: plan.rule.derivations[asked].name,
                        value: FactStore.count(found.rows.count), row: nil, children: facts)))
        }
        windows += frame.explained.windows
        return Explanation(
            rule: header.id, title: header.title, ruleHash: plan.rule.hash,
            leafIndex: head.leaf, ordinal: head.ordinal,
            outcome: FactStore.outcome(verdict), verdict: FactStore.words(verdict),
            fields: fields(of: row, kind: plan.rule.kind), parts: parts, windows: windows)
    }

    static func kindName(_ index: Int) -> String { FactKind.allCases[index].name }

    private func fields(of row: Int32, kind: Int) -> [Explanation.Field] {
        FactKind.allCases[kind].schema.fields.compactMap { field in
            value(field.number, of: row).map {
                Explanation.Field(name: field.name, value: "\($0)")
            }
        }
    }

    private static func outcome(_ verdict: Verdict) -> Explanation.Outcome {
        switch verdict {
        case .notConcerned: .notConcerned
        case .clear: .clear
        case .excused: .excused
        case .finding: .found
        case .notEvaluated: .notEvaluated
        }
    }

    private static func words(_ verdict: Verdict) -> String {
        switch verdict {
        case .notConcerned: "not concerned"
        case .clear: "nothing found"
        case .excused(let exception): "excused by \(exception)"
        case .finding: "found"
        case .notEvaluated(let cause): "not evaluated: \(cause)"
        }
    }

    private func part(
        _ place: String, _ name: String, _ node: Int, _ plan: Plan, _ frame: inout Frame
    ) -> [Explanation.Part] {
        explain(node, 1, plan, &frame).map {
            [Explanation.Part(place: place, name: name, node: $0)]
        } ?? []
    }

    /// A node, its value, and what the value comes from; nil for constants.
    func explain(
        _ node: Int, _ depth: Int, _ plan: Plan, _ frame: inout Frame
    ) -> Explanation.Node? {
        if case .constant = plan.nodes[node].operation { return nil }
        guard depth <= Expression.depthMax else { return nil }
        // What is told again here is no more work for the judgement.
        frame.visits = 0
        let value = evaluate(node, plan, &frame)
        var inner: [Int] = []
        var children: [Explanation.Node] = []
        switch plan.nodes[node].operation {
        case .aggregate(_, let window, let depth, let body?):
            children = told(frame.windows[window].rows, depth, body, plan, &frame)
        case .aggregate, .together, .byKind, .comprehension: break
        case .binding(let binding): inner = [plan.rule.bindings[binding].node]
        default: inner = plan.nodes[node].operation.children
        }
        for child in inner {
            if let child = explain(child, depth + 1, plan, &frame) { children.append(child) }
        }
        if case .derives(let depth, let derivation) = plan.nodes[node].operation {
            children += reasons(derivation, frame.rows[depth], plan, &frame)
        }
        return Explanation.Node(
            text: plan.rule.texts[node], value: "\(value)",
            row: tableRow(node, plan, &frame), children: children)
    }

    /// The row of a knowledge table that a look-up found.
    private func tableRow(
        _ node: Int, _ plan: Plan, _ frame: inout Frame
    ) -> Explanation.TableRow? {
        let search: (table: Int, keys: [Int], day: Int?)
        switch plan.nodes[node].operation {
        case .lookUp(let table, _, let keys, let day): search = (table, keys, day)
        case .isListed(let table, let keys, let day): search = (table, keys, day)
        default: return nil
        }
        guard case .row(let row) = find(search.table, search.keys, search.day, plan, &frame)
        else { return nil }
        let table = plan.tables[search.table]
        let found = table.rows[row]
        return Explanation.TableRow(
            table: table.schema.name, hash: table.hash, keys: found.keys.map { "\($0)" },
            from: found.from, to: found.to)
    }
}
