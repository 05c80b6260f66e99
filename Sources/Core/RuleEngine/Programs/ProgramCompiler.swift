internal import Primitives
internal import Records
internal import RuleLanguage

/// Turns a checked rule into a program: fields become offsets, texts and codes symbols, tables
/// listings, and what does not change a constant.
struct ProgramCompiler {
    let plan: Plan
    var symbols: Symbols
    var answers: AnswerMemory
    var probes: ProbeList
    /// By index, the words that it carries.
    var carried: [Int: CarriedWords]
    var steps: [Step] = []
    var words: [Int64] = []
    /// The step of each node, once it was compiled.
    private var stepOfNode: [Int32?]
    private var isCompiling: [Bool]
    /// Windows of which programs ask more than whether they have a row.
    private var isCounted: Set<Int> = []

    init(
        plan: Plan, symbols: Symbols, answers: AnswerMemory, probes: ProbeList,
        carried: [Int: CarriedWords] = [:]
    ) {
        self.plan = plan
        self.symbols = symbols
        self.answers = answers
        self.probes = probes
        self.carried = carried
        stepOfNode = Array(repeating: nil, count: plan.nodes.count)
        isCompiling = Array(repeating: false, count: plan.nodes.count)
    }

    mutating func compile(ordinal: Int, number: Int) -> Program {
        let rule = plan.rule
        let filter = rule.filter.map { step($0) }
        let condition = step(rule.condition)
        let bindings = rule.bindings.map { step($0.node) }
        // All that asks windows is compiled before these are, which look what that is.
        for window in rule.windows where window.owner == nil {
            for root in ProgramCompiler.roots(window) + [window.filter].compactMap({ $0 }) {
                _ = step(root)
            }
        }
        var windows: [Program.Window] = []
        var fixedCount = 0
        func program(_ steps: [Step]) -> Program {
            Program(
                steps: steps, words: words, filter: filter, condition: condition,
                bindings: bindings, windows: windows, localCount: rule.localCount,
                fixedCount: fixedCount, ordinal: ordinal,
                number: Int32(truncatingIfNeeded: number))
        }
        let draft = program(steps)
        for number in rule.windows.indices {
            let window = rule.windows[number]
            windows.append(
                window.owner == nil
                    ? self.window(number, window, draft, &fixedCount)
                    : reasoning(number, window))
        }
        return program(steps)
    }

    /// The nodes of keys and ends.
    private static func roots(_ window: CheckedWindow) -> [Int] {
        window.keys.map(\.node)
            + [window.stretch?.low, window.stretch?.high].compactMap { $0?.node }
    }

    /// `fixedCount` says how many values that filters take are the same for all rows of the
    /// windows before.
    private mutating func window(
        _ number: Int, _ window: CheckedWindow, _ draft: Program, _ fixedCount: inout Int
    ) -> Program.Window {
        var isPlain = plan.rule.windows.count <= Program.windowCountMax
        var fields: [Int] = []
        for key in window.keys {
            guard case .field(depth: 0, let field, _, _) = plan.nodes[key.node].operation else {
                isPlain = false
                continue
            }
            fields.append(field)
        }
        let index = plan.indexes[number]
        let isOwn =
            window.kind == plan.rule.kind && fields == window.keys.map(\.field)
            && fields.count == window.keys.count
        let filter = window.filter.map { step($0) }
        let rowFilter = rowFilter(filter, draft, &fixedCount)
        return Program.Window(
            index: index, kind: window.kind, keys: window.keys.map { key($0.node, $0.type) },
            anchor: FactStore.anchor(window.keys.map(\.type)).map {
                FactStore.Anchor(key: $0, type: window.keys[$0].type)
            },
            low: window.stretch?.low.map { end($0) }, high: window.stretch?.high.map { end($0) },
            grain: window.stretch?.grain ?? .day, overlaps: window.stretch?.overlaps ?? false,
            hasLength: window.times.map { $0.end != .start } ?? false, order: window.order,
            hasTimes: window.stretch != nil,
            filter: filter,
            isFixed: !ProgramCompiler.roots(window).contains { asksWindows($0) },
            filterIsFixed: !(window.filter.map { asksWindows($0) } ?? false),
            rowFilter: rowFilter, slots: slots(number, rowFilter, draft),
            oneIsEnough: !isCounted.contains(number),
            own: isOwn ? plan.placesOfIndexes[number] : nil,
            probe: isPlain
                ? probes.number(kind: plan.rule.kind, index: index, fields: fields) : nil)
    }

    /// A window of a reasoning rule, which no step asks: programs leave such rules open.
    ///
    /// Whoever watches it is called by every row under the key.
    private func reasoning(_ number: Int, _ window: CheckedWindow) -> Program.Window {
        Program.Window(
            index: plan.indexes[number], kind: window.kind, keys: [], anchor: nil, low: nil,
            high: nil, grain: window.stretch?.grain ?? .day,
            overlaps: window.stretch?.overlaps ?? false, hasLength: false, order: .any,
            hasTimes: false, filter: nil, isFixed: false, filterIsFixed: false,
            rowFilter: RowFilter(), slots: [], oneIsEnough: !isCounted.contains(number),
            own: nil, probe: nil)
    }

    private mutating func end(_ end: CheckedWindow.End) -> Program.End {
        Program.End(
            step: step(end.node), offset: end.offset, openWhereUnknown: end.openWhereUnknown,
            isDate: plan.nodes[end.node].type == .date)
    }

    /// Whether a value depends on the rows of any window.
    private func asksWindows(_ root: Int) -> Bool {
        var waiting = [root]
        while let node = waiting.popLast() {
            switch plan.nodes[node].operation {
            case .aggregate, .together, .derives, .given: return true
            case .binding(let binding): waiting.append(plan.rule.bindings[binding].node)
            default: waiting += plan.nodes[node].operation.children
            }
        }
        return false
    }

    // MARK: - Steps

    mutating func add(_ step: Step) -> Int32 {
        steps.append(step)
        return Int32(truncatingIfNeeded: steps.count - 1)
    }

    mutating func step(_ node: Int) -> Int32 {
        if let known = stepOfNode[node] { return known }
        guard !isCompiling[node] else { return add(.open) }
        isCompiling[node] = true
        let made: Int32
        if let value = constant(node) {
            made = add(.constant(symbols.flat(value)))
        } else {
            made = operation(plan.nodes[node])
        }
        stepOfNode[node] = made
        return made
    }

    func type(_ node: Int) -> RuleType { plan.nodes[node].type }

    /// The value of a node that depends on no row, or nil where there is none.
    func constant(_ node: Int) -> Value? {
        let found: Value
        switch plan.nodes[node].operation {
        case .constant(let value): found = value
        case .function(let function, let arguments):
            let values = arguments.compactMap { constant($0) }
            guard values.count == arguments.count else { return nil }
            switch values.count {
            case 1: found = FunctionMath.call(function, values[0])
            case 2: found = FunctionMath.call(function, values[0], values[1])
            default: return nil
            }
        case .negate(let a):
            guard let value = constant(a) else { return nil }
            found = ValueMath.negate(value)
        case .arithmetic(let symbol, let a, let b):
            guard let left = constant(a), let right = constant(b) else { return nil }
            found = ValueMath.arithmetic(symbol, left, right)
        case .lookUp(let table, let column, let keys, nil):
            let values = keys.compactMap { constant($0) }
            guard values.count == keys.count, let key = TableKey(values),
                let row = plan.tables[table].row(key, on: nil),
                let value = plan.tables[table].rows[row].values[column]
            else { return nil }
            found = value
        default: return nil
        }
        if case .unknown = found { return nil }
        return found
    }

    /// Whether a value of the type stands in one word, or is told apart by its first.
    static func isWord(_ type: RuleType) -> Bool {
        switch type {
        case .bool, .integer, .date, .period, .duration, .instant: true
        default: isSymbol(type)
        }
    }

    static func isSymbol(_ type: RuleType) -> Bool {
        switch type {
        case .text, .code, .patient, .practitioner, .institution, .claim, .prescription: true
        default: false
        }
    }

    static func totals(_ type: RuleType) -> Step.Totals {
        switch type {
        case .integer: .integers
        case .decimal: .decimals
        case .money: .money
        case .period: .periods
        case .duration: .durations
        default: isWord(type) ? .words : .none
        }
    }

    private mutating func key(_ node: Int, _ type: RuleType) -> Int32 {
        let value = step(node)
        switch type {
        case .integer, .date: return add(.keyNumber(value))
        default: return ProgramCompiler.isSymbol(type) ? value : add(.open)
        }
    }

    private mutating func operation(_ node: CheckedNode) -> Int32 {
        switch node.operation {
        case .field(let depth, let number, _, let kind):
            guard let slot = RowLayout.ofKind[kind].slot(number), depth < 64 else {
                return add(.open)
            }
            return add(
                .field(
                    depth: Int32(depth), bit: Int32(slot.bit), offset: Int32(slot.offset),
                    isPair: slot.type.wordCount == 2,
                    name: Int32(kind << 16 | min(number, 0xffff))))
        case .local(let local): return add(.local(Int32(local)))
        case .binding(let binding): return add(.binding(Int32(binding)))
        case .not(let a): return add(.not(step(a)))
        case .and(let a, let b): return add(.and(step(a), step(b)))
        case .or(let a, let b): return add(.or(step(a), step(b)))
        case .conditional(let a, let b, let c):
            return add(.conditional(step(a), step(b), step(c)))
        case .known(let a): return add(.known(step(a)))
        case .otherwise(let a, let b): return add(.otherwise(step(a), step(b)))
        case .same(let a, let b):
            guard type(a) == type(b) else { return add(.open) }
            let totals = ProgramCompiler.totals(type(a))
            return totals == .none ? add(.open) : add(.same(step(a), step(b), totals))
        case .compare(let symbol, let a, let b): return compare(symbol, a, b)
        case .arithmetic(let symbol, let a, let b): return arithmetic(symbol, a, b)
        case .aggregate(let aggregate, let window, let depth, let body):
            if body != nil || (aggregate != .any && aggregate != .none) {
                isCounted.insert(window)
            }
            guard depth < 64 else { return add(.open) }
            let (body, totals) = self.body(of: aggregate, body)
            return add(
                .aggregate(
                    aggregate, window: Int32(window), depth: Int32(depth), body: body, totals))
        case .contains(let list, let value): return contains(list, value)
        case .comprehension(let kind, let list, let local, let body):
            return comprehension(kind, list, local, body)
        case .function(let function, let arguments): return call(function, arguments)
        case .matches(let text, let pattern):
            return test(text, .matches(plan.rule.patterns[pattern]))
        case .lookUp(let table, let column, let keys, let day):
            return listing(table, column, keys, day)
        case .isListed(let table, let keys, let day): return listing(table, nil, keys, day)
        default: return add(.open)
        }
    }
}

/// The keys made of fields of judged rows, so that those of one row are looked up once.
struct ProbeList {
    private struct Probe: Hashable {
        let kind: Int
        let index: Int
        let fields: [Int]
    }

    private var probes: [Probe] = []

    var count: Int { probes.count }

    mutating func number(kind: Int, index: Int, fields: [Int]) -> Int {
        let wanted = Probe(kind: kind, index: index, fields: fields)
        if let known = probes.firstIndex(of: wanted) { return known }
        probes.append(wanted)
        return probes.count - 1
    }
}
