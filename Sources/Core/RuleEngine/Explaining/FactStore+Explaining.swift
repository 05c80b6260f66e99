internal import Primitives
internal import Records
internal import RuleLanguage

extension FactStore {
    /// The last judgement as a tree: what each part of the rule said, and the rows it looked at.
    func explain(_ verdict: Verdict, _ plan: Plan, _ frame: inout Frame) -> String {
        let header = plan.rule.rule.header
        var lines = [
            "\(header.id), \(header.title)",
            "leaf \(rows.heads[Int(frame.rows[0])].leaf): \(words(verdict))",
        ]
        if let filter = plan.rule.filter {
            lines.append("where:")
            add(filter, 1, plan, &frame, to: &lines)
        }
        lines.append("when:")
        add(plan.rule.condition, 1, plan, &frame, to: &lines)
        for exception in plan.rule.exceptions {
            lines.append("except:")
            add(exception.node, 1, plan, &frame, to: &lines)
        }
        for (number, window) in plan.rule.windows.enumerated()
        where frame.windows[number].isFilled {
            lines.append(words(window, frame.windows[number]))
        }
        return lines.joined(separator: "\n")
    }

    private func words(_ verdict: Verdict) -> String {
        switch verdict {
        case .notConcerned: "not concerned"
        case .clear: "nothing found"
        case .excused(let exception): "excused by \(exception)"
        case .finding: "found"
        case .notEvaluated(let cause): "not evaluated: \(cause)"
        }
    }

    private func words(_ window: CheckedWindow, _ found: Frame.WindowRows) -> String {
        let leaves = found.rows.map { String(rows.heads[Int($0)].leaf) }
        let doubt = found.undecided.map { "; undecided: \($0)" } ?? ""
        return "window \(window.name): \(leaves.count) rows"
            + (leaves.isEmpty ? "" : ", leaves \(leaves.joined(separator: ", "))") + doubt
    }

    /// A node, its value, and what the value comes from.
    private func add(
        _ node: Int, _ depth: Int, _ plan: Plan, _ frame: inout Frame, to lines: inout [String]
    ) {
        if case .constant = plan.nodes[node].operation { return }
        guard depth <= Expression.depthMax else { return }
        let value = evaluate(node, plan, &frame)
        lines.append(
            String(repeating: "  ", count: depth) + "\(plan.rule.texts[node]) = \(value)")
        switch plan.nodes[node].operation {
        case .aggregate, .comprehension: break
        case .binding(let binding):
            add(plan.rule.bindings[binding].node, depth + 1, plan, &frame, to: &lines)
        default:
            for child in plan.nodes[node].operation.children {
                add(child, depth + 1, plan, &frame, to: &lines)
            }
        }
    }
}
