internal import Primitives
internal import RuleLanguage

/// Questions about all rows of a window together: mean, quantile, concentration, what recurs.
extension FactStore {
    /// The sum over the number of rows.
    func mean(
        _ window: Int, _ depth: Int, _ body: Int, _ plan: Plan, _ frame: inout Frame
    ) -> Value {
        let count = Int64(frame.windows[window].rows.count)
        guard count > 0 else { return .unknown(.noRows(Aggregate.avg.name)) }
        let total = sum(window, depth, body, plan, &frame)
        switch total {
        case .money: return FunctionMath.call(.divide, total, .integer(count))
        case .unknown: return total
        default: return FunctionMath.call(.ratio, total, .integer(count))
        }
    }

    /// The value at rank ⌈percent · n / 100⌉, and at least the first, in increasing order.
    ///
    /// Source: the nearest-rank method.
    func quantile(
        _ window: Int, _ depth: Int, _ body: Int, _ plan: Plan, _ frame: inout Frame
    ) -> Value {
        var values: [Value] = []
        var percent: Int64 = 0
        let cause = each(window, depth, body, plan, &frame) { pair in
            guard case .list(let parts) = pair, parts.count == 2,
                case .integer(let share) = parts[1]
            else { return .bound("a quantile of another form") }
            percent = share
            values.append(parts[0])
            return nil
        }
        if let cause { return .unknown(cause) }
        guard let first = values.first else {
            return .unknown(.noRows(Aggregate.quantile.name))
        }
        // Units and currencies that do not fit are found before anything is ordered.
        for value in values {
            if case .unknown(let cause) = ValueMath.compare(.less, value, first) {
                return .unknown(cause)
            }
        }
        values.sort { left, right in
            if case .bool(true) = ValueMath.compare(.less, left, right) { true } else { false }
        }
        let rank = (Int64(values.count) * percent + 99) / 100
        return values[Int(max(rank, 1)) - 1]
    }

    /// The sum over the different values of their squared shares of the rows, in parts per million,
    /// half rounded to even: 1,000,000 where all are alike.
    ///
    /// Source: the Herfindahl–Hirschman index.
    func concentration(
        _ window: Int, _ depth: Int, _ body: Int, _ plan: Plan, _ frame: inout Frame
    ) -> Value {
        var places: [KeyPart: Int] = [:]
        var counts: [Int64] = []
        let cause = each(window, depth, body, plan, &frame) { value in
            guard let part = KeyPart(value) else { return nil }
            if let place = places[part] {
                counts[place] += 1
            } else {
                places[part] = counts.count
                counts.append(1)
            }
            return nil
        }
        if let cause { return .unknown(cause) }
        var rows: Int64 = 0
        var squares: Int64 = 0
        for count in counts {
            rows += count
            squares += count * count
        }
        guard rows > 0 else { return .unknown(.noRows(Aggregate.concentration.name)) }
        let (million, overflow) = squares.multipliedReportingOverflow(by: 1_000_000)
        guard !overflow,
            let share = ExactMath.divide(
                ExactDecimal(million), by: ExactDecimal(rows * rows), scale: 0)
        else { return .unknown(.bound("a concentration of so many rows")) }
        return .integer(share.coefficient)
    }

    /// How many values stand in rows with at least so many different values of something else,
    /// such as patients who came on four dates or more.
    ///
    /// The number is that of the last row.
    func recurring(
        _ window: Int, _ depth: Int, _ body: Int, _ plan: Plan, _ frame: inout Frame
    ) -> Value {
        var places: [KeyPart: Int] = [:]
        var seen: [Set<KeyPart>] = []
        var times: Int64 = 0
        let cause = each(window, depth, body, plan, &frame) { triple in
            guard case .list(let parts) = triple, parts.count == 3,
                case .integer(let number) = parts[2]
            else { return .bound("a question of another form") }
            times = number
            guard let value = KeyPart(parts[0]), let other = KeyPart(parts[1]) else { return nil }
            if let place = places[value] {
                seen[place].insert(other)
            } else {
                places[value] = seen.count
                seen.append([other])
            }
            return nil
        }
        if let cause { return .unknown(cause) }
        return .integer(Int64(seen.count { $0.count >= times }))
    }
}
