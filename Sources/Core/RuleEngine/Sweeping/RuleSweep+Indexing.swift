internal import RuleLanguage

extension RuleSweep {
    /// A row and the hash of its key in a window.
    struct Keyed: Sendable {
        let hash: UInt64
        let row: Int32
        /// Of a judged row, whether the filter holds; of a window's, whether the window's does.
        let isSure: Bool
    }

    /// The rows that a window may show to the rows selected, in order.
    ///
    /// Where a demand needs rows, first counts the keys of both sides roughly, and leaves out of
    /// either what finds too few on the other.
    func index(
        _ window: SweepWindow, _ asked: [WindowDemand], _ selections: inout [Selection],
        by workers: some SweepWorkers
    ) -> GroupIndex {
        let rowCount = sweep.facts.rowCount(window.kind)
        let keyed = workers.map(selections) { self.keyed($0, window) }
        var judged = keyed.map(\.keyed)
        let isSame =
            window.findsItself && window.conditions.isEmpty
            && judged.reduce(0) { $0 + $1.count } == rowCount
        var found: [[Keyed]]
        if isSame {
            found = judged
        } else {
            let isFew = judged.reduce(0) { $0 + $1.count } * 2 < rowCount
            let present =
                isFew ? KeyFilter(judged, turn: 0, by: workers) : nil
            found = workers.map(parts(segments(window.kind).count, workers)) { part in
                rows(of: window, part, present)
            }
        }
        if let least = least(window, asked, selections) {
            var turn: UInt64 = 5
            while turn < 40, found.reduce(0, { $0 + $1.count }) > sweep.countsAbove {
                let counts = KeyFilter(found, turn: turn, by: workers)
                let before = judged.reduce(0) { $0 + $1.count }
                judged = workers.map(judged) { $0.filter { counts.count($0.hash) >= least } }
                if judged.reduce(0, { $0 + $1.count }) * 10 > before * 9 { break }
                let left = KeyFilter(judged, turn: turn, by: workers)
                found = workers.map(found) { $0.filter { left.count($0.hash) > 0 } }
                turn += 17
            }
            selections = zip(judged, keyed).map { judged, keyed in
                Selection(judged, unkeyed: keyed.unkeyed)
            }
        }
        let entries = workers.map(found) { self.entries($0, window, asked) }
        return GroupIndex(entries, by: workers)
    }

    /// The rows of a window, whoever may look for them.
    func index(_ window: SweepWindow, by workers: some SweepWorkers) -> GroupIndex {
        let found = workers.map(parts(segments(window.kind).count, workers)) { part in
            entries(rows(of: window, part, nil), window, [])
        }
        return GroupIndex(found, by: workers)
    }

    /// The least number of rows under a key without which no row selected can be found.
    private func least(
        _ window: SweepWindow, _ asked: [WindowDemand], _ selections: [Selection]
    ) -> Int? {
        let hasUnsure = selections.contains { !$0.unsure.isEmpty }
        let needs = asked.filter { demand in
            !demand.isNone && demand.body == nil && (demand.isOfFilter || !hasUnsure)
                && (!demand.waits || window.order == .earlier || window.high == nil)
        }
        guard let most = needs.map(\.least).max() else { return nil }
        let findsOnlyItself =
            window.findsItself && window.conditions.isEmpty && window.order != .any
        return min(most + (findsOnlyItself ? 1 : 0), 200)
    }

    private func keyed(
        _ selection: Selection, _ window: SweepWindow
    ) -> (keyed: [Keyed], unkeyed: Selection) {
        var probe = RowProbe(rule, rule.base, kind: kind, depth: 0)
        var keyed: [Keyed] = []
        keyed.reserveCapacity(selection.count)
        var unkeyed = Selection()
        func key(_ row: Int32, isSure: Bool) {
            let place = JudgedPlace(self, row)
            if let sought = place.seek(window, rule.program, &probe) {
                keyed.append(Keyed(hash: sought.hash, row: row, isSure: isSure))
            } else if isSure {
                unkeyed.sure.append(row)
            } else {
                unkeyed.unsure.append(row)
            }
        }
        for row in selection.sure { key(row, isSure: true) }
        for row in selection.unsure { key(row, isSure: false) }
        return (keyed, unkeyed)
    }

    /// The rows of some segments that the window's filter may admit, and that a selected row may
    /// look for.
    private func rows(
        of window: SweepWindow, _ part: Range<Int>, _ present: KeyFilter?
    ) -> [Keyed] {
        var probe = RowProbe(rule, rule.base, kind: window.kind, depth: 1)
        let asksFilter = !mayReachBounds(window)
        let isCertain = asksFilter && window.filterIsOfRow
        var found: [Keyed] = []
        for number in part {
            let segment = segments(window.kind)[number]
            var holds = Array(Int32(0)..<Int32(segment.count))
            var unknown: [Int32] = []
            if asksFilter {
                for (place, condition) in window.conditions.enumerated() {
                    let doubtful = probe.ask(condition, place, segment, unknown)
                    let answers = probe.ask(condition, place, segment, holds)
                    holds = answers.holds
                    unknown = doubtful.holds + doubtful.unknown + answers.unknown
                }
            }
            let first = Int32(number << Segment.power)
            for (places, isSure) in [(holds, isCertain), (unknown, false)] {
                for place in places {
                    guard let hash = window.hash(segment, Int(place)),
                        present.map({ $0.count(hash) > 0 }) ?? true
                    else { continue }
                    let hasTime = window.hasTime(segment, Int(place))
                    found.append(
                        Keyed(hash: hash, row: first + place, isSure: isSure && hasTime))
                }
            }
        }
        return found
    }

    private func entries(
        _ rows: [Keyed], _ window: SweepWindow, _ asked: [WindowDemand]
    ) -> [GroupIndex.Entry] {
        var probes = asked.map { demand in
            RowProbe(rule, rule.base, kind: window.kind, depth: max(demand.depth, 1))
        }
        var entries: [GroupIndex.Entry] = []
        entries.reserveCapacity(rows.count)
        for row in rows {
            let segment = segments(window.kind)[Int(row.row) >> Segment.power]
            let place = Int(row.row) & (Segment.rowCountMax - 1)
            let (low, high) = window.interval(segment, place)
            var flags: UInt8 = row.isSure ? 0 : 1
            for (number, demand) in asked.enumerated() {
                guard let body = demand.body else { continue }
                let answer =
                    demand.countsAll
                    ? probes[number].isKnown(body, segment, place)
                    : probes[number].ask(body, 0, segment, place)
                flags |= answer.rawValue << UInt8(1 + 2 * number)
            }
            entries.append(
                GroupIndex.Entry(
                    hash: row.hash, low: low, high: high, row: row.row, flags: flags))
        }
        return entries
    }
}

extension RuleSweep.Selection {
    fileprivate init(_ judged: [RuleSweep.Keyed], unkeyed: RuleSweep.Selection) {
        for row in judged {
            if row.isSure { sure.append(row.row) } else { unsure.append(row.row) }
        }
        sure += unkeyed.sure
        unsure += unkeyed.unsure
    }
}

extension RowProbe {
    /// Whether a value is known: `yes` or `unknown`.
    mutating func isKnown(
        _ condition: SweepCondition, _ segment: Segment, _ place: Int
    ) -> SweepCondition.Answer {
        if let single = condition.single, isField(condition.step) {
            return segment.words[0][place] >> Int64(single.bit) & 1 != 0 ? .yes : .unknown
        }
        return value(condition.step, condition.offsets, segment, place).isKnown ? .yes : .unknown
    }
}
