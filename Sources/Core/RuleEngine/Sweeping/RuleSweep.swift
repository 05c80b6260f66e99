internal import Primitives
internal import RuleLanguage

/// One rule over all facts.
struct RuleSweep: Sendable {
    let sweep: Sweep
    let rule: SweepRule
    let number: Int
    let findingsOnly: Bool

    init(_ sweep: Sweep, _ number: Int, findingsOnly: Bool) {
        self.sweep = sweep
        self.number = number
        self.findingsOnly = findingsOnly
        rule = sweep.compiled[number]
    }

    /// Rows of the judged kind that the rule may say something of, by number.
    struct Selection: Sendable {
        /// The filter holds of these.
        var sure: [Int32] = []
        /// Whether it holds of these is not known yet.
        var unsure: [Int32] = []
        /// Of how many the filter holds, whatever else is asked of them.
        var countOfFilter = 0

        var count: Int { sure.count + unsure.count }
    }

    var kind: Int { rule.plan.rule.kind }

    func segments(_ kind: Int) -> [Segment] { sweep.facts.ofKind[kind] }

    func run(by workers: some SweepWorkers) -> [Engine.Judged] {
        var selections = select(by: workers)
        let countOfFilter = selections.reduce(0) { $0 + $1.countOfFilter }
        var indexes: [Int: GroupIndex] = [:]
        for window in rule.windows.sorted(by: { $0.demands.count > $1.demands.count })
        where window.isFixed {
            guard selections.contains(where: { $0.count > 0 }) else { return [] }
            indexes[window.number] = index(
                window, demands(of: window), countOfFilter, &selections, by: workers)
        }
        guard selections.contains(where: { $0.count > 0 }) else { return [] }
        return judge(selections, indexes, by: workers)
    }

    // MARK: - What the filter and the condition ask of the judged row

    private func select(by workers: some SweepWorkers) -> [Selection] {
        guard !segments(kind).isEmpty else { return [] }
        // What the first rows are told serves all others, whoever asks for them.
        var probe = RowProbe(rule, rule.base, kind: kind, depth: 0)
        var first = Selection()
        select(0, &probe, &first)
        let known = probe
        return [first]
            + workers.map(parts(segments(kind).count - 1, workers)) { part in
                var probe = known
                var selection = Selection()
                for number in part { select(number + 1, &probe, &selection) }
                return selection
            }
    }

    /// Some segments for each of some parts.
    func parts(_ count: Int, _ workers: some SweepWorkers) -> [Range<Int>] {
        let partCount = max(1, min(count, workers.count == 1 ? 1 : workers.count * 4))
        return (0..<partCount).map {
            (count * $0 / partCount)..<(count * ($0 + 1) / partCount)
        }
    }

    private func select(_ number: Int, _ probe: inout RowProbe, _ selection: inout Selection) {
        let segment = segments(kind)[number]
        var sure = segment.places
        var unsure: [Int32] = []
        for (place, condition) in rule.filter.enumerated() {
            if !unsure.isEmpty {
                let (holds, unknown) = probe.ask(condition, place, segment, unsure)
                unsure = Self.merged(holds, unknown)
            }
            let (holds, unknown) = probe.ask(condition, place, segment, sure)
            sure = holds
            unsure = Self.merged(unsure, unknown)
        }
        if !rule.filterIsOfRow {
            unsure = Self.merged(unsure, sure)
            sure = []
        }
        selection.countOfFilter += sure.count
        for (place, condition) in rule.condition.enumerated() {
            let (holds, unknown) = probe.ask(
                condition, rule.filter.count + place, segment, sure)
            sure = Self.merged(holds, unknown)
        }
        let first = Int32(number << Segment.power)
        selection.sure += sure.lazy.map { first + $0 }
        selection.unsure += unsure.lazy.map { first + $0 }
    }

    /// The places of both, in order.
    static func merged(_ some: [Int32], _ others: [Int32]) -> [Int32] {
        if others.isEmpty { return some }
        return some.isEmpty ? others : (some + others).sorted()
    }

    // MARK: - What they ask of windows

    /// A window's demands, where they can be asked of columns.
    ///
    /// With sealed entries, or where a bound may be reached, only the evaluation in full can tell
    /// what is clear and what is not known. Neither is a finding.
    private func demands(of window: SweepWindow) -> [WindowDemand] {
        if findingsOnly { return window.demands }
        guard sweep.sealed.isEmpty(kind: window.kind), !mayReachBounds(window)
        else { return [] }
        let most = mostRows(window)
        return window.demands.filter { demand in
            (demand.isNone ? most : demand.least) <= sweep.bounds.rowsOfWindowMax
        }
    }

    /// What is asked of a window's quantiles, which tells what is no finding, not what is clear.
    func quantile(of window: SweepWindow) -> QuantileDemand? {
        findingsOnly ? window.quantile : nil
    }

    /// How many rows any key of a window has at most.
    private func mostRows(_ window: SweepWindow) -> Int {
        var most = sweep.facts.rowCount(window.kind)
        for field in window.specification.keyFields
        where sweep.facts.mostFrequent[window.kind].indices.contains(field) {
            let frequent = sweep.facts.mostFrequent[window.kind][field]
            if frequent >= 0 { most = min(most, frequent) }
        }
        return most
    }

    /// Whether any key may have so many rows that a bound is reached.
    func mayReachBounds(_ window: SweepWindow) -> Bool {
        var most = mostRows(window)
        // Reasoning rules look from every row of a window.
        if !rule.plan.rule.derivations.isEmpty { most = min(most * most, 1 << 40) }
        let asks = rule.program.steps.count { step in
            if case .aggregate = step { true } else { false }
        }
        let (visits, overflow) = most.multipliedReportingOverflow(
            by: rule.windows.count + asks + 1)
        return overflow || most > sweep.bounds.rowsOfKeyMax
            || visits > sweep.bounds.visitsOfJudgementMax
    }

    /// Leaves out rows whose window cannot be as the rule needs it.
    func prune(
        _ rows: [KeyedRows.Row], _ stretches: [KeyedRows.Stretch], _ window: SweepWindow,
        _ demands: [WindowDemand], _ part: GroupIndex.Part
    ) -> Selection {
        guard !rows.isEmpty else { return Selection() }
        var kept = Selection()
        let all = Array(demands.indices)
        let ofFilter = all.filter { demands[$0].isOfFilter }
        var floors = quantile(of: window).map(QuantileFloors.init)
        for row in rows {
            let isRuledOut = floors?.ruleOut(
                JudgedPlace(self, row.row), row.hash, part, segments(window.kind))
            if isRuledOut ?? false { continue }
            let asked = row.isSure ? all : ofFilter
            let stretch =
                stretches.isEmpty
                ? KeyedRows.Stretch(low: .min, high: .max) : stretches[Int(row.place)]
            guard mayHold(row, stretch, window, demands, asked, part) else { continue }
            if row.isSure { kept.sure.append(row.row) } else { kept.unsure.append(row.row) }
        }
        return kept
    }

    private func mayHold(
        _ keyed: KeyedRows.Row, _ sought: KeyedRows.Stretch, _ window: SweepWindow,
        _ demands: [WindowDemand], _ asked: [Int], _ part: GroupIndex.Part
    ) -> Bool {
        guard !asked.isEmpty else { return true }
        let row = keyed.row
        let places = part.places(keyed.hash)
        let unbounded = part.unbounded(places)
        let range = part.within(
            places, low: sought.low, high: sought.high, overlaps: window.overlaps)
        let isPlaced = sought.low == .min && sought.high == .max
        for number in asked {
            var tally = Tally()
            for place in unbounded where belongs(part.entries[place], window, row) {
                tally.take(part.entries[place], demands[number], number, isPlaced: isPlaced)
            }
            for place in range {
                let entry = part.entries[place]
                guard !window.overlaps || entry.high >= sought.low,
                    belongs(entry, window, row)
                else { continue }
                tally.take(entry, demands[number], number, isPlaced: true)
                if tally.isDecided(demands[number]) { break }
            }
            if tally.rulesOut(demands[number], isClosed: isClosed(window, sought.high)) {
                return false
            }
        }
        return true
    }

    private func isClosed(_ window: SweepWindow, _ high: Int64) -> Bool {
        high == .max || window.order == .earlier || window.specification.times == nil
            || sweep.present.milliseconds >= window.grain.end(of: high)
    }

    func belongs(_ entry: GroupIndex.Entry, _ window: SweepWindow, _ row: Int32) -> Bool {
        switch window.order {
        case .any: return true
        case .other: return window.kind != kind || entry.row != row
        case .earlier:
            if window.kind == kind { return entry.row < row }
            return place(window.kind, entry.row) < place(kind, row)
        }
    }

    private func place(_ kind: Int, _ row: Int32) -> (UInt64, Int64) {
        let segment = segments(kind)[Int(row) >> Segment.power]
        let place = Int(row) & (Segment.rowCountMax - 1)
        return (UInt64(bitPattern: segment.leaves[place]), segment.ordinals[place])
    }

    /// How many rows of a window count for a demand.
    private struct Tally {
        private var count = 0
        private var doubtful = 0

        mutating func take(
            _ entry: GroupIndex.Entry, _ demand: WindowDemand, _ number: Int, isPlaced: Bool
        ) {
            guard entry.flags & 1 == 0, isPlaced else {
                doubtful += 1
                return
            }
            guard demand.body != nil else {
                count += 1
                return
            }
            switch SweepCondition.Answer(rawValue: entry.flags >> UInt8(1 + 2 * number) & 3) {
            case .yes: count += 1
            case .no: count += demand.countsAll ? 1 : 0
            default: doubtful += 1
            }
        }

        func isDecided(_ demand: WindowDemand) -> Bool {
            demand.isNone ? count > 0 : count + doubtful >= demand.least
        }

        func rulesOut(_ demand: WindowDemand, isClosed: Bool) -> Bool {
            if demand.isNone { return count > 0 }
            return doubtful == 0 && count < demand.least && (isClosed || !demand.waits)
        }
    }
}
