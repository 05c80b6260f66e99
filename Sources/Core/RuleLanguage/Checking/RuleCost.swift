/// What a rule costs at most for one judged row, in steps, with a window taken to have a size.
///
/// A step is one node evaluated once. The sizes are assumptions that a reviewer can read, not
/// measurements: they make rules comparable and give publication a budget to enforce.
public struct RuleCost: Sendable, Hashable {
    public let steps: Int

    /// How many rows a window is taken to have that reaches over a limited time.
    public static let boundedRows = 64
    /// How many rows a window is taken to have that has no limit in time.
    public static let unboundedRows = 256

    public init(steps: Int) {
        self.steps = steps
    }
}

/// Adds up what the nodes of a rule cost.
struct CostEstimate {
    let nodes: [CheckedNode]
    let windows: [CheckedWindow]

    /// The steps of a whole rule: its windows are filled once, its expressions run once.
    func total(roots: [Int]) -> RuleCost {
        var steps = 0
        for window in windows {
            let rows = rows(window)
            steps += add(window.keys.map { cost($0.node) })
            steps += window.filter.map { rows * cost($0) } ?? rows
        }
        return RuleCost(steps: min(steps + add(roots.map(cost)), .max / 2))
    }

    private func rows(_ window: CheckedWindow) -> Int {
        window.stretch?.low == nil || window.stretch?.high == nil
            ? RuleCost.unboundedRows : RuleCost.boundedRows
    }

    private func add(_ costs: [Int]) -> Int {
        costs.reduce(0) { min($0 + $1, 1 << 40) }
    }

    private func cost(_ index: Int) -> Int {
        switch nodes[index].operation {
        case .constant, .field, .local, .binding: 1
        case .not(let a), .negate(let a), .known(let a): 1 + cost(a)
        case .matches(let a, _): 64 + cost(a)
        case .and(let a, let b), .or(let a, let b), .compare(_, let a, let b),
            .arithmetic(_, let a, let b), .element(let a, let b), .same(let a, let b),
            .otherwise(let a, let b):
            add([1, cost(a), cost(b)])
        case .contains(let list, let value): add([8, cost(list), cost(value)])
        case .conditional(let a, let b, let c): add([1, cost(a), max(cost(b), cost(c))])
        case .list(let items), .function(_, let items): add([1] + items.map(cost))
        case .comprehension(_, let list, _, let body): add([cost(list), 16 * cost(body)])
        case .aggregate(_, let window, _, let body):
            add([1, body.map { rows(windows[window]) * cost($0) } ?? 1])
        case .lookUp(_, _, let keys, let day), .isListed(_, let keys, let day):
            add([4, day.map(cost) ?? 0] + keys.map(cost))
        }
    }
}
