internal import RuleLanguage

/// What a step of a program reads, with all the steps that it stands on.
struct StepUse {
    /// A field of the row at a depth, by its place among the words of the row.
    struct Field: Hashable {
        let depth: Int
        let bit: Int
        let offset: Int
        let isPair: Bool
    }

    private(set) var fields: [Field] = []
    /// The names that are bound from outside, and the variables of loops, by number.
    private(set) var locals: [Int] = []
    private(set) var asksWindows = false
    /// Whether there are rows of which programs may not be able to tell the value.
    private(set) var isOpen = false

    init(_ root: Int32, _ program: Program) {
        var waiting = [root]
        while let next = waiting.popLast() {
            guard next >= 0 else { continue }
            let step = program.steps[Int(next)]
            switch step {
            case .field(let depth, let bit, let offset, let isPair, _):
                let field = Field(
                    depth: Int(depth), bit: Int(bit), offset: Int(offset), isPair: isPair)
                if !fields.contains(field) { fields.append(field) }
            case .local(let local): if !locals.contains(Int(local)) { locals.append(Int(local)) }
            case .aggregate: asksWindows = true
            case .open: isOpen = true
            case .function(let function, _, _) where function.isTotal: waiting += step.operands
            case .number, .divide, .function, .each, .compareQuotients:
                isOpen = true
                waiting += step.operands
            case .binding(let binding): waiting.append(program.bindings[Int(binding)])
            default: waiting += step.operands
            }
        }
    }

    /// Whether the value depends on nothing but the row at one depth.
    func isOf(depth: Int) -> Bool { !asksWindows && fields.allSatisfy { $0.depth == depth } }

    /// The words of the row at a depth that are read.
    func offsets(depth: Int) -> [Int] {
        fields.filter { $0.depth == depth }
            .flatMap { $0.isPair ? [$0.offset, $0.offset + 1] : [$0.offset] }.sorted()
    }
}

extension Function {
    /// Whether programs tell its value of all values that are known.
    fileprivate var isTotal: Bool {
        switch self {
        case .toDate, .startOfDay, .daysOf, .hoursOf, .minutesOf, .currencyOf, .codeSystem,
            .codeText, .smaller, .larger, .toInteger:
            true
        default: false
        }
    }
}

extension Step {
    /// The steps that it takes values from; -1 stands for none.
    var operands: [Int32] {
        switch self {
        case .open, .constant, .field, .local, .binding: []
        case .not(let a), .negate(let a), .known(let a), .isOneOf(let a, _, _), .size(let a),
            .number(let a, _), .test(_, let a), .keyNumber(let a),
            .share(let a, _):
            [a]
        case .and(let a, let b), .or(let a, let b), .compareWords(_, let a, let b),
            .compareDecimals(_, let a, let b), .compareMoney(_, let a, let b),
            .minorUnits(let a, let b), .arithmetic(_, _, let a, let b), .holds(let a, let b),
            .function(_, let a, let b), .divide(let a, let b, _), .same(let a, let b, _),
            .otherwise(let a, let b):
            [a, b]
        case .each(let list, _, let body, _): [list, body]
        case .conditional(let a, let b, let c): [a, b, c]
        case .listed(_, let a, let b, let day): [a, b, day]
        case .compareQuotients(_, let a, let b, let c, let d): [a, b, c, d]
        case .aggregate(_, _, _, let body, _): [body]
        }
    }
}
