internal import RuleLanguage

/// A part of a conjunction that depends on one row alone.
struct SweepCondition: Sendable {
    let step: Int32
    /// The words of the row that it reads.
    let offsets: [Int]
    let form: Form

    /// What of a row decides.
    enum Form: Sendable {
        /// Whether the field of this bit is known.
        case known(bit: Int)
        /// One word and whether it is known; answers are kept by word.
        case word(offset: Int, bit: Int)
        case row
    }

    /// Nil where the step depends on more than the row at the depth.
    init?(_ step: Int32, depth: Int, _ program: Program) {
        let use = StepUse(step, program)
        guard use.isOf(depth: depth) else { return nil }
        self.step = step
        offsets = use.offsets(depth: depth)
        if case .known(let inner) = program.resolved(step),
            case .field(_, let bit, _, _, _) = program.resolved(inner)
        {
            form = .known(bit: Int(bit))
        } else if use.fields.count == 1, let field = use.fields.first, !field.isPair {
            form = .word(offset: field.offset, bit: field.bit)
        } else {
            form = .row
        }
    }

    /// What is asked first of two conditions: what is told without running a program.
    func precedes(_ other: SweepCondition) -> Bool { rank < other.rank }

    private var rank: Int {
        switch form {
        case .known: 0
        case .word: 1
        case .row: 2
        }
    }

    /// What a condition said of a row.
    enum Answer: UInt8, Sendable {
        case notAsked
        case no
        case yes
        case unknown
    }

    /// The parts of a conjunction, in their order.
    static func conjuncts(of root: Int32, _ program: Program) -> [Int32] {
        switch program.steps[Int(root)] {
        case .and(let a, let b): conjuncts(of: a, program) + conjuncts(of: b, program)
        case .binding(let binding): conjuncts(of: program.bindings[Int(binding)], program)
        default: [root]
        }
    }
}

/// What a conjunction asks of the rows of a window: where it cannot be met, the rule is clear.
struct WindowDemand: Sendable {
    let window: Int
    /// How many rows there must be; with fewer, and none in doubt, the part is false.
    let least: Int
    /// Whether, the other way round, one row is enough to make it false.
    let isNone: Bool
    /// Whether that it is false is only known when the window has closed.
    let waits: Bool
    /// What is asked of each row, where that depends on the row alone.
    let body: SweepCondition?
    /// At which depth the rows of the window stand for `body`.
    let depth: Int
    /// Whether something is asked of each row that depends on more than the row.
    let isBlind: Bool
    /// Whether rows count of which `body` does not hold, so long as it is known.
    let countsAll: Bool
    /// Whether it is a part of the filter, and not of the condition.
    let isOfFilter: Bool

    /// Nil where the step asks nothing of the kind.
    init?(_ step: Int32, _ program: Program, isOfFilter: Bool) {
        switch program.resolved(step) {
        case .not(let inner):
            guard let demand = WindowDemand(inner, program, isOfFilter: isOfFilter),
                demand.waits, !demand.isBlind
            else { return nil }
            self.init(negating: demand)
        case .aggregate(let aggregate, let window, let depth, let body, _):
            guard aggregate == .any || aggregate == .none else { return nil }
            if aggregate == .none, body >= 0,
                SweepCondition(body, depth: Int(depth), program) == nil
            {
                return nil
            }
            self.init(
                window: window, least: 1, isNone: aggregate == .none, waits: true, body, depth,
                countsAll: false, program, isOfFilter)
        case .compareWords(let symbol, let a, let b), .compareDecimals(let symbol, let a, let b):
            let isTurned = program.constant(b) == nil
            guard
                case .aggregate(let aggregate, let window, let depth, let body, _) =
                    program.resolved(isTurned ? b : a),
                aggregate == .count || aggregate == .distinct,
                let bound = program.constant(isTurned ? a : b),
                let least = WindowDemand.least(isTurned ? symbol.turned : symbol, bound)
            else { return nil }
            self.init(
                window: window, least: least, isNone: false, waits: false, body, depth,
                countsAll: aggregate == .distinct, program, isOfFilter)
        default: return nil
        }
    }

    private init(
        window: Int32, least: Int, isNone: Bool, waits: Bool, _ body: Int32, _ depth: Int32,
        countsAll: Bool, _ program: Program, _ isOfFilter: Bool
    ) {
        self.window = Int(window)
        self.isNone = isNone
        self.waits = waits
        self.isOfFilter = isOfFilter
        self.depth = Int(depth)
        self.countsAll = countsAll
        self.body = body < 0 ? nil : SweepCondition(body, depth: Int(depth), program)
        isBlind = body >= 0 && self.body == nil
        // Of a body that depends on more, only this is known: where there are no rows, none holds.
        self.least = isBlind ? 1 : least
    }

    private init(negating demand: WindowDemand) {
        window = demand.window
        least = 1
        isBlind = false
        isNone = !demand.isNone
        waits = true
        body = demand.body
        depth = demand.depth
        countsAll = demand.countsAll
        isOfFilter = demand.isOfFilter
    }

    /// The least whole number from 1 for which the comparison may hold, or nil where 0 does.
    private static func least(_ symbol: BinaryOperator, _ bound: Flat) -> Int? {
        var divisor: Int64 = 1
        for _ in 0..<min(bound.second, 18) { divisor *= 10 }
        let (floor, rest) = bound.first.quotientAndRemainder(dividingBy: divisor)
        guard bound.first >= 0, floor < 1 << 20 else { return nil }
        let least: Int64
        switch symbol {
        case .greater: least = floor + 1
        case .greaterOrEqual, .equal: least = rest == 0 ? floor : floor + 1
        default: return nil
        }
        return least > 0 ? Int(least) : nil
    }
}

extension Program {
    /// A step, or what it is bound to.
    func resolved(_ step: Int32) -> Step {
        var step = steps[Int(step)]
        while case .binding(let binding) = step { step = steps[Int(bindings[Int(binding)])] }
        return step
    }

    /// The value of a step that is a constant.
    func constant(_ step: Int32) -> Flat? {
        if case .constant(let value) = resolved(step), value.isKnown { return value }
        return nil
    }
}

extension BinaryOperator {
    /// The comparison with its sides exchanged.
    var turned: BinaryOperator {
        switch self {
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        default: self
        }
    }
}
