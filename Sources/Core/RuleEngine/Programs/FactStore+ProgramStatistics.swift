internal import RuleLanguage

/// Questions of programs about all rows of a window together: how many are different, quantiles.
extension FactStore {
    mutating func distinct(
        _ question: Question, _ program: Program, _ scratch: inout Scratch
    ) -> Flat {
        switch question.totals {
        case .words, .integers: break
        default: return .open
        }
        var seen = scratch.distinct
        scratch.distinct = []
        seen.removeAll(keepingCapacity: true)
        defer { scratch.distinct = seen }
        for place in scratch.found[question.window].indices {
            let value = value(question, at: place, program, &scratch)
            guard value.isKnown else { return value.inRow }
            seen.append(value.first)
        }
        guard seen.count > 1 else { return Flat(Int64(seen.count)) }
        if seen.count > 24 {
            seen.sort()
            var count: Int64 = 1
            for place in 1..<seen.count where seen[place] != seen[place - 1] { count += 1 }
            return Flat(count)
        }
        var count: Int64 = 0
        for place in seen.indices {
            var isNew = true
            for earlier in 0..<place where seen[earlier] == seen[place] {
                isNew = false
                break
            }
            if isNew { count += 1 }
        }
        return Flat(count)
    }

    /// The value at the rank of the percent, in increasing order; open where the values have not
    /// all one scale or currency.
    mutating func quantile(
        _ question: Question, _ program: Program, _ scratch: inout Scratch
    ) -> Flat {
        guard question.totals.sum != nil,
            case .share(let body, let percent) = program.steps[Int(question.body)]
        else { return .open }
        let question = Question(
            aggregate: .quantile, window: question.window, depth: question.depth, body: body,
            totals: question.totals)
        var values = scratch.distinct
        scratch.distinct = []
        values.removeAll(keepingCapacity: true)
        defer { scratch.distinct = values }
        var second: Int64?
        for place in scratch.found[question.window].indices {
            let value = value(question, at: place, program, &scratch)
            guard value.isKnown else { return value.inRow }
            guard second ?? value.second == value.second else { return .open }
            second = value.second
            values.append(value.first)
        }
        guard let second else { return .unknown }
        let rank = (values.count * Int(percent) + 99) / 100
        return Flat(values.smallest(max(rank, 1) - 1), second)
    }
}
