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
    let derivations: [CheckedDerivation]

    /// The steps of a whole rule: its windows are filled once, its expressions run once.
    func total(roots: [Int], judged: Int? = nil) -> RuleCost {
        let filled = windows.filter { $0.owner == nil }.map(fill)
        let reasoned = derivations.indices.map { times(asked($0, judged: judged), own($0)) }
        return RuleCost(steps: add(filled + reasoned + roots.map(cost)))
    }

    private func fill(_ window: CheckedWindow) -> Int {
        let ofRow = window.filter.map(cost) ?? 1
        return add(window.keys.map { cost($0.node) } + [times(rows(window), ofRow)])
    }

    /// Of how many rows a reasoning rule is asked: each once, however many ask, so the windows that
    /// ask are taken to show as many rows as each of them has.
    private func asked(_ number: Int, judged: Int?) -> Int {
        let ofWindows = windows.filter { $0.derivation == number }.map(rows)
        let ofOthers = derivations.indices
            .filter { derivations[$0].asksRows(of: number) && $0 != number }
            .map { asked($0, judged: judged) }
        return add(ofWindows + ofOthers + [judged == number ? 1 : 0])
    }

    /// What it costs to find out whether one row is a fact of a reasoning rule; one that comes
    /// back to itself is asked forth and back.
    private func own(_ number: Int) -> Int {
        let derivation = derivations[number]
        let own = add(
            derivation.windows.map { fill(windows[$0]) }
                + ([derivation.condition] + derivation.gives.map(\.node)).map(cost))
        return derivation.circle == nil ? own : times(2, own)
    }

    private func rows(_ window: CheckedWindow) -> Int {
        window.stretch?.low == nil || window.stretch?.high == nil
            ? RuleCost.unboundedRows : RuleCost.boundedRows
    }

    private func times(_ rows: Int, _ cost: Int) -> Int {
        let (product, overflow) = rows.multipliedReportingOverflow(by: cost)
        return overflow ? 1 << 40 : min(product, 1 << 40)
    }

    private func add(_ costs: [Int]) -> Int {
        costs.reduce(0) { min($0 + $1, 1 << 40) }
    }

    private func cost(_ index: Int) -> Int {
        switch nodes[index].operation {
        case .conditional(let a, let b, let c): add([1, cost(a), max(cost(b), cost(c))])
        case .comprehension(_, let list, _, let body): add([cost(list), times(16, cost(body))])
        case .aggregate(_, let window, _, let body):
            add([1, body.map { times(rows(windows[window]), cost($0)) } ?? 1])
        case .together(_, let asked, _, let body):
            add(asked.map { add([1, times(rows(windows[$0]), body.map(cost) ?? 1)]) })
        case let operation: add([own(operation)] + operation.children.map(cost))
        }
    }

    /// What an operation costs beside its children.
    private func own(_ operation: CheckedNode.Operation) -> Int {
        switch operation {
        case .matches: 64
        case .contains: 8
        case .lookUp, .isListed: 4
        default: 1
        }
    }
}
