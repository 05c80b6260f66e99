internal import Primitives
internal import Records
internal import RuleLanguage

extension FactStore {
    /// Answers a question about the rows of a window that is filled.
    func ask(
        _ aggregate: Aggregate, _ window: Int, _ depth: Int, _ body: Int?, _ plan: Plan,
        _ frame: inout Frame
    ) -> Value {
        if body != nil, aggregate != .first, aggregate != .last {
            frame.visits += frame.windows[window].rows.count
            guard frame.visits <= bounds.visitsOfJudgementMax else {
                return .unknown(.bound(bounds.visitText))
            }
        }
        switch aggregate {
        case .any, .none, .all:
            return absence(aggregate, window, depth, body, plan, &frame)
        default: break
        }
        if let cause = frame.windows[window].undecided { return .unknown(cause) }
        guard let body else {
            let count = frame.windows[window].rows.count
            return aggregate == .days
                ? days(frame.windows[window].rows, [plan.rule.windows[window]])
                : .integer(Int64(count))
        }
        switch aggregate {
        case .count: return count(window, depth, body, plan, &frame)
        case .sum: return sum(window, depth, body, plan, &frame)
        case .distinct: return distinct(window, depth, body, plan, &frame)
        case .min, .max: return extreme(aggregate, window, depth, body, plan, &frame)
        case .avg: return mean(window, depth, body, plan, &frame)
        case .quantile: return quantile(window, depth, body, plan, &frame)
        case .concentration: return concentration(window, depth, body, plan, &frame)
        case .recurring: return recurring(window, depth, body, plan, &frame)
        default: return outermost(aggregate, window, depth, body, plan, &frame)
        }
    }

    /// `any`, `none` and `all`: one row can decide; that there is none is only known in the end.
    private func absence(
        _ aggregate: Aggregate, _ window: Int, _ depth: Int, _ body: Int?, _ plan: Plan,
        _ frame: inout Frame
    ) -> Value {
        // A row where the body has this value decides.
        let deciding = aggregate != .all
        let decided = Value.bool(aggregate == .any)
        var cause = frame.windows[window].undecided
        if body == nil, !frame.windows[window].rows.isEmpty { return decided }
        if let body {
            let outer = frame.rows[depth]
            defer { frame.rows[depth] = outer }
            for place in frame.windows[window].rows.indices {
                frame.rows[depth] = frame.windows[window].rows[place]
                switch evaluate(body, plan, &frame) {
                case .bool(deciding): return decided
                case .unknown(let why): cause = cause.map { $0.joined(with: why) } ?? .row(why)
                default: break
                }
            }
        }
        if let cause { return .unknown(cause) }
        if let closing = frame.windows[window].closing {
            frame.closes = Swift.min(frame.closes, closing.milliseconds)
            return .unknown(.open(until: closing.day))
        }
        return .bool(aggregate != .any)
    }

    private func count(
        _ window: Int, _ depth: Int, _ body: Int, _ plan: Plan, _ frame: inout Frame
    ) -> Value {
        var count: Int64 = 0
        let cause = each(window, depth, body, plan, &frame) { value in
            if case .bool(true) = value { count += 1 }
            return nil
        }
        return cause.map { .unknown($0) } ?? .integer(count)
    }

    func sum(
        _ window: Int, _ depth: Int, _ body: Int, _ plan: Plan, _ frame: inout Frame
    ) -> Value {
        var total: Value?
        let cause = each(window, depth, body, plan, &frame) { value in
            guard let sum = total else {
                total = value
                return nil
            }
            let next = ValueMath.arithmetic(.add, sum, value)
            total = next
            return next.cause
        }
        if let cause { return .unknown(cause) }
        if let total { return total }
        switch plan.nodes[body].type {
        case .integer: return .integer(0)
        case .decimal: return .decimal(.zero)
        case .period: return .period(days: 0)
        case .duration: return .duration(milliseconds: 0)
        default: return .unknown(.noRows("sum"))
        }
    }

    private func distinct(
        _ window: Int, _ depth: Int, _ body: Int, _ plan: Plan, _ frame: inout Frame
    ) -> Value {
        var seen: Set<KeyPart> = []
        let cause = each(window, depth, body, plan, &frame) { value in
            if let part = KeyPart(value) { seen.insert(part) }
            return nil
        }
        return cause.map { .unknown($0) } ?? .integer(Int64(seen.count))
    }

    private func extreme(
        _ aggregate: Aggregate, _ window: Int, _ depth: Int, _ body: Int, _ plan: Plan,
        _ frame: inout Frame
    ) -> Value {
        var best: Value?
        let symbol: BinaryOperator = aggregate == .min ? .less : .greater
        let cause = each(window, depth, body, plan, &frame) { value in
            guard let found = best else {
                best = value
                return nil
            }
            switch ValueMath.compare(symbol, value, found) {
            case .bool(true): best = value
            case .unknown(let cause): return cause
            default: break
            }
            return nil
        }
        if let cause { return .unknown(cause) }
        return best ?? .unknown(.noRows(aggregate.name))
    }

    /// The value in the earliest or the latest row, by time and then by place on the ledger.
    private func outermost(
        _ aggregate: Aggregate, _ window: Int, _ depth: Int, _ body: Int, _ plan: Plan,
        _ frame: inout Frame
    ) -> Value {
        let rows = frame.windows[window].rows
        guard let row = aggregate == .first ? rows.first : rows.last else {
            return .unknown(.noRows(aggregate.name))
        }
        let outer = frame.rows[depth]
        defer { frame.rows[depth] = outer }
        frame.rows[depth] = row
        return evaluate(body, plan, &frame)
    }

    /// Runs the body over each row until one gives a cause to stop.
    func each(
        _ window: Int, _ depth: Int, _ body: Int, _ plan: Plan, _ frame: inout Frame,
        _ take: (Value) -> Cause?
    ) -> Cause? {
        let outer = frame.rows[depth]
        defer { frame.rows[depth] = outer }
        for place in frame.windows[window].rows.indices {
            frame.rows[depth] = frame.windows[window].rows[place]
            let value = evaluate(body, plan, &frame)
            if case .unknown(let cause) = value { return .row(cause) }
            if let cause = take(value) { return cause }
        }
        return nil
    }

    /// How many civil days the rows cover together; rows stand in the order of their beginning.
    ///
    /// Of several windows each has rows of another kind.
    func days(_ rows: [Int32], _ windows: [CheckedWindow]) -> Value {
        let times = windows.map { IndexReading(IndexSpecification(days: $0)).times }
        var covered: Int64 = 0
        var reached = Int64.min
        for row in rows {
            let kind = self.rows.heads[Int(row)].kind
            let place = windows.firstIndex { $0.kind == Int(kind) } ?? 0
            let item = self.rows.interval(times[place], of: row)
            guard item.low != .min else { continue }
            guard item.high != .max else {
                return .unknown(.row(.missing(kind: windows[place].name, field: "end")))
            }
            let first = Swift.max(item.low, reached == .min ? item.low : reached + 1)
            if item.high >= first { covered += item.high - first + 1 }
            reached = Swift.max(reached, item.high)
        }
        return .integer(covered)
    }
}
