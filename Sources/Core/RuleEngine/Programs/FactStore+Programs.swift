internal import Primitives
internal import RuleLanguage

extension FactStore {
    /// What the program says of the row that stands at depth 0, of which it may be known that the
    /// filter holds.
    mutating func tell(
        _ program: Program, filterHolds: Bool = false, _ scratch: inout Scratch
    ) -> QuickAnswer {
        scratch.begin(program)
        if !filterHolds, let filter = program.filter {
            let concerned = run(filter, program, &scratch)
            if concerned.isFalse { return .clear }
            guard concerned.isKnown else { return QuickAnswer(concerned) }
        }
        let value = run(program.condition, program, &scratch)
        return value.isKnown ? (value.first == 0 ? .clear : .open) : QuickAnswer(value)
    }

    /// The value of a step.
    mutating func run(_ step: Int32, _ program: Program, _ scratch: inout Scratch) -> Flat {
        switch program.steps[Int(step)] {
        case .constant(let value): return value
        case .field(let depth, let bit, let offset, let isPair, let name):
            let start = scratch.starts[Int(depth)]
            guard rows.words[start] >> Int64(bit) & 1 != 0 else { return .missing(name) }
            let place = start + Int(offset)
            return Flat(rows.words[place], isPair ? rows.words[place + 1] : 0)
        case .and(let a, let b): return both(a, b, deciding: false, program, &scratch)
        case .or(let a, let b): return both(a, b, deciding: true, program, &scratch)
        case .not(let a):
            let value = run(a, program, &scratch)
            return value.isKnown ? Flat(value.first == 0) : value
        case .known(let a):
            let value = run(a, program, &scratch)
            return value.state == .open ? .open : Flat(value.isKnown)
        case .compareWords(let symbol, let a, let b):
            let left = run(a, program, &scratch)
            let right = run(b, program, &scratch)
            guard left.isKnown, right.isKnown else { return left.lacking(right) }
            return Flat(symbol.holds(left.first, right.first))
        case .isOneOf(let a, let first, let count):
            let value = run(a, program, &scratch)
            guard value.isKnown else { return value }
            for place in Int(first)..<Int(first + count) where program.words[place] == value.first {
                return .yes
            }
            return .no
        case .listed(let listing, let first, let second, let day):
            return listed(Int(listing), first, second, day, program, &scratch)
        case .aggregate(let aggregate, let window, let depth, let body, let totals):
            return ask(
                Question(
                    aggregate: aggregate, window: Int(window), depth: Int(depth), body: body,
                    totals: totals), program, &scratch)
        case .local(let local): return scratch.locals[Int(local)]
        case .compareDecimals(let symbol, let a, let b):
            let left = run(a, program, &scratch)
            let right = run(b, program, &scratch)
            guard left.isKnown, right.isKnown else { return left.lacking(right) }
            guard let order = FlatMath.order(left, right) else { return .open }
            return Flat(symbol.holds(order, 0))
        case .binding(let binding):
            let known = scratch.bindings[Int(binding)]
            if known.state != .unset { return known }
            let value = run(program.bindings[Int(binding)], program, &scratch)
            scratch.bindings[Int(binding)] = value
            return value
        default: return further(program.steps[Int(step)], program, &scratch)
        }
    }

    private mutating func further(
        _ step: Step, _ program: Program, _ scratch: inout Scratch
    ) -> Flat {
        switch step {
        case .conditional(let test, let yes, let no):
            let value = run(test, program, &scratch)
            guard value.isKnown else { return value }
            return run(value.first != 0 ? yes : no, program, &scratch)
        case .otherwise(let a, let b):
            let first = run(a, program, &scratch)
            return first.state == .unknown ? run(b, program, &scratch) : first
        case .same(let a, let b, let totals):
            let left = run(a, program, &scratch)
            let right = run(b, program, &scratch)
            return left.isSame(right, totals)
        case .arithmetic(let sum, let symbol, let a, let b):
            let left = run(a, program, &scratch)
            let right = run(b, program, &scratch)
            guard left.isKnown, right.isKnown else { return left.lacking(right) }
            return FlatMath.combine(sum, symbol, left, right)
        case .keyNumber(let a):
            let value = run(a, program, &scratch)
            return value.isKnown ? Flat(symbols.integer(value.first)) : value
        case .test(let test, let text):
            let value = run(text, program, &scratch)
            guard value.isKnown else { return value }
            return Flat(answers.ask(Int(test), text: value.first, symbols))
        case .function(let function, let a, let b):
            let left = run(a, program, &scratch)
            let right = b < 0 ? left : run(b, program, &scratch)
            guard left.isKnown, right.isKnown else { return left.lacking(right) }
            return call(function, left, right)
        case .compareMoney, .compareQuotients, .minorUnits:
            return numbers(step, program, &scratch)
        case .number(let a, let unit):
            let value = run(a, program, &scratch)
            guard value.isKnown else { return value }
            return value.second >> 8 == unit ? Flat(value.first, value.second & 0xff) : .open
        case .divide(let a, let b, let digits):
            let left = run(a, program, &scratch)
            let right = run(b, program, &scratch)
            guard left.isKnown, right.isKnown else { return left.lacking(right) }
            return FlatMath.divide(left, right, digits)
        case .holds, .each, .size: return lists(step, program, &scratch)
        default: return .open
        }
    }

    /// `&&` and `||`: one side that decides is enough, whatever the other gives.
    private mutating func both(
        _ a: Int32, _ b: Int32, deciding: Bool, _ program: Program, _ scratch: inout Scratch
    ) -> Flat {
        let left = run(a, program, &scratch)
        if left.isKnown, (left.first != 0) == deciding { return left }
        let right = run(b, program, &scratch)
        if right.isKnown, (right.first != 0) == deciding { return right }
        guard left.isKnown else { return right.isKnown ? left : left.lacking(right) }
        return right
    }

    private mutating func numbers(
        _ step: Step, _ program: Program, _ scratch: inout Scratch
    ) -> Flat {
        switch step {
        case .compareMoney(let symbol, let a, let b):
            let left = run(a, program, &scratch)
            let right = run(b, program, &scratch)
            guard left.isKnown, right.isKnown else { return left.lacking(right) }
            guard left.second == right.second else { return .unknown }
            return Flat(symbol.holds(left.first, right.first))
        case .minorUnits(let a, let b):
            let left = run(a, program, &scratch)
            let right = run(b, program, &scratch)
            guard left.isKnown, right.isKnown else { return left.lacking(right) }
            return left.second == right.second ? Flat(left.first) : .unknown
        case .compareQuotients(let symbol, let a, let b, let c, let d):
            let sides = (
                run(a, program, &scratch), b < 0 ? Flat(1) : run(b, program, &scratch),
                run(c, program, &scratch), d < 0 ? Flat(1) : run(d, program, &scratch)
            )
            let left = FlatMath.quotient(sides.0, sides.1)
            let right = FlatMath.quotient(sides.2, sides.3)
            guard let left, let right, let order = ExactMath.compare(left, right) else {
                return .open
            }
            return Flat(symbol.holds(Int64(order), 0))
        default: return .open
        }
    }

    private mutating func lists(
        _ step: Step, _ program: Program, _ scratch: inout Scratch
    ) -> Flat {
        switch step {
        case .holds(let list, let value):
            let wanted = run(value, program, &scratch)
            guard wanted.isKnown else { return wanted }
            let codes = run(list, program, &scratch)
            guard codes.isKnown else { return codes }
            for place in Symbols.places(ofList: codes.first)
            where symbols.listed[place] == wanted.first {
                return .yes
            }
            return .no
        case .size(let list):
            let codes = run(list, program, &scratch)
            return codes.isKnown ? Flat(Int64(Symbols.places(ofList: codes.first).count)) : codes
        case .each(let list, let local, let body, let deciding):
            let codes = run(list, program, &scratch)
            guard codes.isKnown else { return codes }
            let outer = scratch.locals[Int(local)]
            defer { scratch.locals[Int(local)] = outer }
            var doubt: Flat?
            for place in Symbols.places(ofList: codes.first) {
                scratch.locals[Int(local)] = Flat(symbols.listed[place])
                let value = run(body, program, &scratch)
                if value.isKnown, (value.first != 0) == deciding { return Flat(deciding) }
                if !value.isKnown { doubt = doubt.map { $0.lacking(value) } ?? value }
            }
            return doubt ?? Flat(!deciding)
        default: return .open
        }
    }

    private mutating func listed(
        _ listing: Int, _ first: Int32, _ second: Int32, _ day: Int32, _ program: Program,
        _ scratch: inout Scratch
    ) -> Flat {
        let left = run(first, program, &scratch)
        guard left.isKnown else { return left }
        var other: Int64?
        if second >= 0 {
            let right = run(second, program, &scratch)
            guard right.isKnown else { return right }
            other = right.first
        }
        var valid: Int64?
        if day >= 0 {
            let date = run(day, program, &scratch)
            guard date.isKnown else { return date }
            valid = date.first
        }
        return answers.ask(listing, left.first, other, day: valid, &symbols)
    }

    private func call(_ function: Function, _ a: Flat, _ b: Flat) -> Flat {
        switch function {
        case .codeSystem: Flat(symbols.parts(ofCode: a.first).system)
        case .codeText: Flat(symbols.parts(ofCode: a.first).code)
        case .currencyOf: Flat(a.second)
        default: FlatMath.call(function, a, b)
        }
    }
}

/// What a program says of a row.
enum QuickAnswer {
    /// The rule says nothing of it.
    case clear
    /// The rule cannot say, for this reason.
    case unknown(Cause)
    /// The rule must be evaluated in full.
    case open

    init(_ value: Flat) {
        self = value.cause.map { .unknown($0) } ?? .open
    }
}

extension Flat {
    /// Whether both are known and equal, or both unknown.
    func isSame(_ other: Flat, _ totals: Step.Totals) -> Flat {
        guard state != .open, other.state != .open else { return .open }
        guard isKnown, other.isKnown else { return Flat(!isKnown && !other.isKnown) }
        switch totals {
        case .decimals: return Flat(first == other.first && second == other.second)
        case .money: return second == other.second ? Flat(first == other.first) : .unknown
        default: return Flat(first == other.first)
        }
    }
}

extension BinaryOperator {
    /// Whether a comparison holds.
    @inline(__always)
    func holds(_ left: Int64, _ right: Int64) -> Bool {
        switch self {
        case .equal: left == right
        case .notEqual: left != right
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        default: left >= right
        }
    }
}
