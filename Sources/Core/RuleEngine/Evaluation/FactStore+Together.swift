internal import RuleLanguage

/// Questions about the rows of several windows at once, each of which has rows of another kind.
extension FactStore {
    /// Answers a question about the rows of all the windows.
    func ask(
        _ aggregate: Aggregate, together numbers: [Int], _ depth: Int, _ body: Int?, _ plan: Plan,
        _ frame: inout Frame
    ) -> Value {
        for number in numbers { fill(number, plan, &frame) }
        let windows = numbers.map { plan.rule.windows[$0] }
        var all = Frame.WindowRows()
        all.isFilled = true
        all.rows = inOrder(numbers.flatMap { frame.windows[$0].rows }, windows)
        for number in numbers {
            let part = frame.windows[number]
            if let cause = part.undecided {
                all.undecided = all.undecided.map { $0.joined(with: cause) } ?? cause
            }
            // What is absent is known when the last of them has closed.
            if let closing = part.closing,
                all.closing.map({ $0.milliseconds < closing.milliseconds }) ?? true
            {
                all.closing = closing
            }
        }
        if aggregate == .days {
            return all.undecided.map { .unknown($0) } ?? days(all.rows, windows)
        }
        // They stand behind the windows of the rule for as long as they are asked.
        frame.windows.append(all)
        defer { frame.windows.removeLast() }
        return ask(aggregate, frame.windows.count - 1, depth, body, plan, &frame)
    }

    /// Rows by when they begin and then by place on the ledger; those of an unknown beginning last.
    private func inOrder(_ rows: [Int32], _ windows: [CheckedWindow]) -> [Int32] {
        // Hours are counted only where all of the windows count them.
        let isClock = windows.allSatisfy { $0.stretch?.grain == .millisecond }
        let times = windows.map {
            IndexReading(isClock ? IndexSpecification($0) : IndexSpecification(days: $0)).times
        }
        let items = rows.map { row in
            let kind = Int(self.rows.heads[Int(row)].kind)
            let place = windows.firstIndex { $0.kind == kind } ?? 0
            return self.rows.interval(times[place], of: row)
        }
        return items.sorted { left, right in
            let isKnown = (left.low != .min, right.low != .min)
            return isKnown.0 == isKnown.1 ? left.precedes(right) : isKnown.0
        }
        .map(\.row)
    }
}
