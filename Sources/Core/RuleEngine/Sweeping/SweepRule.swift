internal import Primitives
internal import RuleLanguage

/// A rule as a sweep runs it: what can be asked of whole columns, and the plan that judges what
/// is left.
struct SweepRule: Sendable {
    let plan: Plan
    let program: Program
    let probeCount: Int
    /// What the filter asks of the judged row alone, and what the condition does.
    let filter: [SweepCondition]
    /// Whether that is all that the filter asks.
    let filterIsOfRow: Bool
    let condition: [SweepCondition]
    let windows: [SweepWindow]
    let specifications: [IndexSpecification]
    /// By kind, the words of its rows that the plan may read, by place.
    let offsets: [[Int]]
    /// An empty store with what programs know.
    var base: FactStore

    init(
        _ rule: CheckedRule, tables: [KnowledgeTable], symbols: inout Symbols,
        sealed: SealedEntries, present: Timestamp, bounds: EngineBounds
    ) throws(KnowledgeError) {
        var specifications: [IndexSpecification] = []
        let plan = try Plan(rule: rule, tables: tables, specifications: &specifications)
        var store = FactStore(indexes: specifications, bounds: bounds)
        var compiler = ProgramCompiler(
            plan: plan, symbols: symbols, answers: store.answers, probes: ProbeList())
        let program = compiler.compile(ordinal: 0, number: 0)
        symbols = compiler.symbols
        store.answers = compiler.answers
        store.indexes.words = compiler.carried
        store.sealed = sealed
        store.present = present
        probeCount = compiler.probes.count
        self.plan = plan
        self.program = program
        self.specifications = specifications
        let filterParts =
            program.filter.map { SweepCondition.conjuncts(of: $0, program) } ?? []
        let parts = SweepCondition.conjuncts(of: program.condition, program)
        filter = Self.conditions(filterParts, program)
        filterIsOfRow = filter.count == filterParts.count
        condition = Self.conditions(parts, program)
        let demands =
            filterParts.compactMap { WindowDemand($0, program, isOfFilter: true) }
            + parts.compactMap { WindowDemand($0, program, isOfFilter: false) }
        let quantiles = parts.compactMap { QuantileDemand($0, program, demands) }
        windows = program.windows.indices.map {
            SweepWindow($0, plan, program, demands, quantiles)
        }
        offsets = Self.offsets(plan, specifications)
        base = store
    }

    private static func offsets(
        _ plan: Plan, _ specifications: [IndexSpecification]
    ) -> [[Int]] {
        var offsets = RowLayout.ofKind.map { layout in
            Set([0, layout.anchored.offset, layout.issuer.offset])
        }
        func read(_ field: Int, _ kind: Int) {
            guard let slot = RowLayout.ofKind[kind].slot(field) else { return }
            for place in 0..<slot.type.wordCount { offsets[kind].insert(slot.offset + place) }
        }
        for node in plan.nodes {
            if case .field(_, let number, _, let kind) = node.operation { read(number, kind) }
        }
        for specification in specifications {
            for field in specification.keyFields { read(field, specification.kind) }
            guard let times = specification.times else { continue }
            read(times.start, specification.kind)
            switch times.end {
            case .start: break
            case .field(let field), .days(let field): read(field, specification.kind)
            }
        }
        return offsets.map { $0.sorted() }
    }

    /// Those that depend on the judged row alone; of these first the ones that are told soonest.
    private static func conditions(_ parts: [Int32], _ program: Program) -> [SweepCondition] {
        parts.compactMap { SweepCondition($0, depth: 0, program) }.sorted { $0.precedes($1) }
    }
}
