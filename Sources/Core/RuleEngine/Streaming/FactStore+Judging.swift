internal import Primitives
internal import Records
internal import RuleLanguage

extension FactStore {
    /// Judges one row by one rule, on all facts that are there.
    func judge(_ row: Int32, _ plan: Plan, _ frame: inout Frame) -> Verdict {
        frame.begin(row)
        return conclude(plan, &frame)
    }

    /// Judges the row that the frame holds, with the windows that are filled already.
    func conclude(_ plan: Plan, _ frame: inout Frame) -> Verdict {
        if let filter = plan.rule.filter {
            switch evaluate(filter, plan, &frame) {
            case .bool(false): return .notConcerned
            case .unknown(let cause): return .notEvaluated(cause)
            default: break
            }
        }
        switch evaluate(plan.rule.condition, plan, &frame) {
        case .bool(true): break
        case .unknown(let cause): return .notEvaluated(cause)
        default: return .clear
        }
        var doubt: Cause?
        var exceptions: [Bool?] = []
        for exception in plan.rule.exceptions {
            switch evaluate(exception.node, plan, &frame) {
            case .bool(true): return .excused(exception.name)
            case .unknown(let cause):
                doubt = doubt.map { $0.joined(with: cause) } ?? cause
                exceptions.append(nil)
            default: exceptions.append(false)
            }
        }
        if let doubt { return .notEvaluated(doubt) }
        let subject = evaluate(plan.rule.subject.node, plan, &frame)
        if case .unknown(let cause) = subject { return .notEvaluated(cause) }
        return .finding(body(plan, subject, exceptions, &frame).encode())
    }

    private func body(
        _ plan: Plan, _ subject: Value, _ exceptions: [Bool?], _ frame: inout Frame
    ) -> FindingBody {
        let violating = leaves(plan.rule.violating, plan, &frame)
        let known = Set(violating)
        let involved = leaves(plan.rule.involved, plan, &frame).filter { !known.contains($0) }
        var values: [(name: String, value: Value)] = []
        for named in plan.rule.values {
            let value = evaluate(named.node, plan, &frame)
            if value.cause == nil { values.append((named.name, value)) }
        }
        let amount = plan.rule.amount.map { evaluate($0, plan, &frame) }
        var reason = ""
        for part in plan.rule.reason {
            switch part {
            case .text(let text): reason += text
            case .node(let node): reason += evaluate(node, plan, &frame).description
            }
        }
        return FindingBody(
            plan: plan, subject: subject, violating: violating, involved: involved,
            values: values, amount: amount?.cause == nil ? amount : nil,
            exceptions: exceptions, reason: reason)
    }

    /// The entries of these rows, by leaf index, each once.
    private func leaves(
        _ sources: [CheckedRule.RowSource], _ plan: Plan, _ frame: inout Frame
    ) -> [FindingBody.LeafPlace] {
        var found: [FindingBody.LeafPlace] = []
        var seen: Set<Reasoned.Question> = []
        for source in sources {
            let rows: [Int32]
            let derivation: Int?
            switch source {
            case .judged: (rows, derivation) = ([frame.rows[0]], plan.rule.derivation)
            case .window(let window):
                fill(window, plan, &frame)
                (rows, derivation) = (
                    frame.windows[window].rows, plan.rule.windows[window].derivation
                )
            }
            // Not by a closure that takes the store along, of which it would make a copy.
            for row in rows { found.append(place(of: row)) }
            guard let derivation else { continue }
            for row in rows {
                for other in support(of: row, by: derivation, plan, &frame, &seen) {
                    found.append(place(of: other))
                }
            }
        }
        found.sort()
        var leaves: [FindingBody.LeafPlace] = []
        for leaf in found where leaves.last != leaf { leaves.append(leaf) }
        return leaves
    }

    private func place(of row: Int32) -> FindingBody.LeafPlace {
        FindingBody.LeafPlace(
            index: rows.heads[Int(row)].leaf, hash: rows.leafHash(of: row))
    }
}
