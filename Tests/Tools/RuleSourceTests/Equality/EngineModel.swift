import Cryptography
import Primitives
import Records
import RuleLanguage

@testable import RuleEngine

/// The engine again, slow and plain: every row is judged anew by every rule, each window is found
/// by looking at every row there is, and no program, index or watcher takes part.
struct EngineModel {
    let rules: [CheckedRule]
    let tables: [KnowledgeTable]
    var bounds = EngineBounds()

    /// What is more than nothing, as lines: the rule, the place, and the hash of a finding's body.
    func answers(
        _ facts: [AnchoredFact], sealed: [SealedEntry], present: Timestamp
    ) throws -> [String] {
        var specifications: [IndexSpecification] = []
        let plans = try rules.map {
            try Plan(rule: $0, tables: tables, specifications: &specifications)
        }
        // Only what reasoning rules look into is found by indexes.
        var store = FactStore(indexes: specifications, bounds: bounds)
        var scratch = Scratch(programs: [], probeCount: 0)
        _ = store.add(
            facts.sorted { $0.position < $1.position }[...], programs: [],
            programCounts: FactKind.allCases.map { _ in 0 }, &scratch)
        for entry in sealed { store.add(entry) }
        store.present = present
        var lines: [String] = []
        for (number, plan) in plans.enumerated() {
            var frame = Frame(plan)
            for row in 0..<Int32(store.rows.count)
            where Int(store.rows.heads[Int(row)].kind) == plan.rule.kind {
                frame.begin(row)
                for (number, window) in plan.rule.windows.enumerated() where window.owner == nil {
                    fill(number, store, plan, &frame)
                }
                let verdict = store.conclude(plan, &frame)
                guard let position = store.position(of: row) else { continue }
                lines += EngineModel.line(number, position, verdict)
            }
        }
        return lines.sorted()
    }

    static func line(_ rule: Int, _ position: LedgerPosition, _ verdict: Verdict) -> [String] {
        let place = "\(rule) \(position.leafIndex).\(position.ordinal)"
        switch verdict {
        case .finding(let body): return ["\(place) finding \(SHA256.hash(body))"]
        case .excused(let exception): return ["\(place) excused \(exception)"]
        case .notEvaluated(let cause): return ["\(place) not evaluated: \(cause)"]
        case .clear, .notConcerned: return []
        }
    }

    /// Fills a window by looking at every row.
    private func fill(_ number: Int, _ store: FactStore, _ plan: Plan, _ frame: inout Frame) {
        frame.windows[number].isFilled = true
        let window = plan.rule.windows[number]
        let bounds: FactStore.Bounds
        switch store.bounds(window, plan, &frame) {
        case .success(let found): bounds = found
        case .failure(let unknown):
            frame.windows[number].undecided = unknown.cause
            return
        }
        store.setClosing(number, window, bounds, &frame)
        let times = IndexReading(IndexSpecification(window)).times
        let wanted = window.keys.map { KeyPart(store.evaluate($0.node, plan, &frame)) }
        var items: [IntervalItem] = []
        for row in 0..<Int32(store.rows.count)
        where Int(store.rows.heads[Int(row)].kind) == window.kind {
            let key = window.keys.map { key in
                store.value(key.field, of: row).flatMap { KeyPart($0) }
            }
            guard key == wanted, !key.contains(nil) else { continue }
            items.append(store.rows.interval(times, of: row))
        }
        let known = items.filter { $0.low != .min }.sorted { $0.precedes($1) }
        let unknown = items.filter { $0.low == .min }.sorted { $0.precedes($1) }
        let overlaps = window.stretch?.overlaps ?? false
        if items.count > self.bounds.rowsOfKeyMax {
            frame.windows[number].undecided = .bound(self.bounds.keyText)
        } else {
            for item in known + unknown where store.belongs(item, window, frame.rows[0]) {
                let isPlaced = item.low != .min || (bounds.low == .min && bounds.high == .max)
                if item.low != .min {
                    guard item.low <= bounds.high,
                        overlaps ? item.high >= bounds.low : item.low >= bounds.low
                    else { continue }
                }
                let outer = frame.rows[1]
                store.admit(item.row, number, window, isPlaced: isPlaced, plan, &frame)
                frame.rows[1] = outer
            }
        }
        store.consider(number, window, bounds, plan, &frame)
    }
}
