internal import Primitives
internal import Records
internal import RuleLanguage

extension FactStore {
    /// The value of a node; unknown, with its cause, where it has none.
    func evaluate(_ index: Int, _ plan: Plan, _ frame: inout Frame) -> Value {
        let value = operate(index, plan, &frame)
        if !frame.coverage.isEmpty, plan.isCondition[index], case .bool(let bool) = value {
            frame.coverage[index] |= bool ? 1 : 2
        }
        return value
    }

    @inline(__always)
    private func evaluate(_ index: Int32, _ plan: Plan, _ frame: inout Frame) -> Value {
        evaluate(Int(index), plan, &frame)
    }

    private func operate(_ index: Int, _ plan: Plan, _ frame: inout Frame) -> Value {
        switch plan.steps[index] {
        case .constant(let place): return plan.constants[Int(place)]
        case .field(let depth, let number):
            return value(Int(number), of: frame.rows[Int(depth)]) ?? missing(index, plan)
        case .local(let local): return frame.locals[Int(local)]
        case .binding(let binding): return bound(Int(binding), plan, &frame)
        case .not(let a):
            switch evaluate(a, plan, &frame) {
            case .bool(let bool): return .bool(!bool)
            case let other: return other
            }
        case .negate(let a): return ValueMath.negate(evaluate(a, plan, &frame))
        case .and(let a, let b): return both(a, b, deciding: false, plan, &frame)
        case .or(let a, let b): return both(a, b, deciding: true, plan, &frame)
        case .conditional(let test, let yes, let no):
            switch evaluate(test, plan, &frame) {
            case .bool(let bool): return evaluate(bool ? yes : no, plan, &frame)
            case let other: return other
            }
        case .compare(let symbol, let a, let b):
            return ValueMath.compare(
                symbol, evaluate(a, plan, &frame), evaluate(b, plan, &frame))
        case .arithmetic(let symbol, let a, let b):
            return ValueMath.arithmetic(
                symbol, evaluate(a, plan, &frame), evaluate(b, plan, &frame))
        case .aggregate(let aggregate, let window, let depth, let body):
            fill(Int(window), plan, &frame)
            return ask(
                aggregate, Int(window), Int(depth), body < 0 ? nil : Int(body), plan, &frame)
        case .derives(let depth, let derivation):
            return derives(Int(derivation), frame.rows[Int(depth)], plan, &frame)
        case .given(let depth, let derivation, let value):
            return given(
                Int(value), by: Int(derivation), frame.rows[Int(depth)], plan, &frame)
        case .contains(let list, let value):
            return ValueMath.contains(
                evaluate(list, plan, &frame), evaluate(value, plan, &frame))
        case .known(let a): return .bool(evaluate(a, plan, &frame).cause == nil)
        case .same(let a, let b):
            let (left, right) = (evaluate(a, plan, &frame), evaluate(b, plan, &frame))
            guard left.cause == nil, right.cause == nil else {
                return .bool(left.cause != nil && right.cause != nil)
            }
            return ValueMath.compare(.equal, left, right)
        case .otherwise(let a, let b):
            let first = evaluate(a, plan, &frame)
            return first.cause == nil ? first : evaluate(b, plan, &frame)
        case .other: return further(plan.nodes[index].operation, plan, &frame)
        }
    }

    /// That a row lacks the field of a node.
    private func missing(_ index: Int, _ plan: Plan) -> Value {
        guard case .field(_, _, let name, let kind) = plan.nodes[index].operation else {
            return .unknown(.bound("a node of another form"))
        }
        return .unknown(.missing(kind: FactKind.allCases[kind].name, field: name))
    }

    private func further(
        _ operation: CheckedNode.Operation, _ plan: Plan, _ frame: inout Frame
    ) -> Value {
        switch operation {
        case .element(let list, let index):
            return ValueMath.element(
                evaluate(list, plan, &frame), evaluate(index, plan, &frame))
        case .list(let items):
            var values: [Value] = []
            for item in items {
                let value = evaluate(item, plan, &frame)
                if value.cause != nil { return value }
                values.append(value)
            }
            return .list(values)
        case .function(let function, let arguments):
            return call(function, arguments, plan, &frame)
        case .matches(let text, let pattern):
            switch evaluate(text, plan, &frame) {
            case .text(let text): return .bool(plan.rule.patterns[pattern].matches(text))
            case let other: return other
            }
        case .comprehension(let kind, let list, let local, let body):
            return loop(kind, list, local, body, plan, &frame)
        case .lookUp(let table, let column, let keys, let day):
            return lookUp(table, column, keys, day, plan, &frame)
        case .isListed(let table, let keys, let day):
            return isListed(table, keys, day, plan, &frame)
        case .together(let aggregate, let windows, let depth, let body):
            return ask(aggregate, together: windows, depth, body, plan, &frame)
        case .byKind(let depth, let kinds, let nodes):
            let kind = Int(rows.heads[Int(frame.rows[depth])].kind)
            guard let place = kinds.firstIndex(of: kind) else {
                return .unknown(.bound("a row of another kind"))
            }
            return evaluate(nodes[place], plan, &frame)
        default: return .unknown(.bound("a node of another form"))
        }
    }

    private func bound(_ binding: Int, _ plan: Plan, _ frame: inout Frame) -> Value {
        if let known = frame.bindings[binding] { return known }
        let value = evaluate(plan.rule.bindings[binding].node, plan, &frame)
        frame.bindings[binding] = value
        return value
    }

    /// `&&` and `||`: one side that decides is enough, whatever is unknown on the other.
    private func both(
        _ a: Int32, _ b: Int32, deciding: Bool, _ plan: Plan, _ frame: inout Frame
    ) -> Value {
        let left = evaluate(a, plan, &frame)
        if case .bool(deciding) = left { return left }
        let right = evaluate(b, plan, &frame)
        if case .bool(deciding) = right { return right }
        guard case .unknown(let cause) = left else { return right }
        guard case .unknown(let other) = right else { return left }
        return .unknown(cause.joined(with: other))
    }

    private func call(
        _ function: Function, _ arguments: [Int], _ plan: Plan, _ frame: inout Frame
    ) -> Value {
        guard let first = arguments.first else {
            return .unknown(.bound("a function of nothing"))
        }
        let a = evaluate(first, plan, &frame)
        if a.cause != nil { return a }
        guard arguments.count > 1 else { return FunctionMath.call(function, a) }
        let b = evaluate(arguments[1], plan, &frame)
        if b.cause != nil { return b }
        guard arguments.count > 2 else { return FunctionMath.call(function, a, b) }
        let c = evaluate(arguments[2], plan, &frame)
        return c.cause == nil ? FunctionMath.call(function, a, b, c) : c
    }

    private func loop(
        _ kind: Comprehension, _ list: Int, _ local: Int, _ body: Int, _ plan: Plan,
        _ frame: inout Frame
    ) -> Value {
        let elements: [Value]
        switch evaluate(list, plan, &frame) {
        case .list(let values): elements = values
        case let other: return other
        }
        let outer = frame.locals[local]
        defer { frame.locals[local] = outer }
        var kept: [Value] = []
        var hits = 0
        var cause: Cause?
        for element in elements {
            frame.locals[local] = element
            let value = evaluate(body, plan, &frame)
            switch (kind, value) {
            case (.all, .bool(false)): return .no
            case (.exists, .bool(true)): return .yes
            case (_, .unknown(let why)): cause = cause ?? why
            case (.map, _): kept.append(value)
            case (.filter, .bool(true)): kept.append(element)
            case (.existsOne, .bool(true)): hits += 1
            default: break
            }
        }
        if let cause { return .unknown(cause) }
        switch kind {
        case .all: return .yes
        case .exists: return .no
        case .existsOne: return .bool(hits == 1)
        case .map, .filter: return .list(kept)
        }
    }
}
