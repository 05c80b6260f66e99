internal import Primitives
internal import RuleLanguage

extension RuleSweep {
    /// The rows that a window may show to the rows selected, in order; of these, only those stay
    /// selected for which the window may be as the rule needs it.
    ///
    /// Both sides are parted by their keys, and each part is joined by itself.
    func index(
        _ window: SweepWindow, _ asked: [WindowDemand], _ countOfFilter: Int,
        _ selections: inout [Selection], by workers: some SweepWorkers
    ) -> GroupIndex {
        let rowCount = sweep.facts.rowCount(window.kind)
        let selected = selections.reduce(0) { $0 + $1.count }
        let bits = KeyedRows.bits(max(rowCount, selected), ofPart: sweep.rowsOfJoin)
        // Whether the rows selected are those that the window admits.
        let isAdmitted =
            window.findsItself && window.asksAsRule && window.filterIsOfRow
            && selected == countOfFilter && selections.allSatisfy(\.unsure.isEmpty)
            && (window.conditions.isEmpty || !mayReachBounds(window))
        let keyed = workers.map(selections) {
            self.keyed($0, window, bits, asking: isAdmitted)
        }
        let judged = keyed.map(\.keyed)
        let isSame = isAdmitted && judged.rowCount == countOfFilter
        var found: [KeyedRows] = []
        if !isSame {
            let isFew = judged.rowCount * 4 < rowCount
            let present = isFew ? KeyFilter(judged, by: workers) : nil
            found = workers.map(parts(segments(window.kind).count, workers)) { part in
                rows(of: window, part, present, bits)
            }
        }
        let least = least(window, asked, selections)
        let findsOnlyItself =
            window.findsItself && window.conditions.isEmpty && window.order != .any
        let known = found
        let asksNothing = asked.isEmpty && quantile(of: window) == nil
        let joined = workers.map(Array(0..<(1 << bits))) { part in
            let mine = asksNothing && !isSame ? KeyedRows.Part() : judged.part(part)
            let theirs = isSame ? mine : known.part(part)
            var matching = KeyMatching(judged: mine.rows, found: theirs.rows, isSame: isSame)
            // Where a row looks is not when it begins, though it be the same row.
            let times = isSame ? mine.own : theirs.stretches
            if let least {
                matching.keep(atLeast: least + (findsOnlyItself ? 1 : 0))
                matching.keep(
                    atLeast: least,
                    KeyMatching.Meeting(
                        sought: mine.stretches, times: times, overlaps: window.overlaps,
                        isOther: window.kind == kind && window.order != .any,
                        isEarlier: window.kind == kind && window.order == .earlier))
            }
            let made = GroupIndex.Part(
                entries(matching.found, times, window, asked), skippingBits: bits)
            guard !asksNothing else { return (part: made, kept: Selection()) }
            return (made, prune(matching.judged, mine.stretches, window, asked, made))
        }
        if !asksNothing {
            selections = inOrder(joined.map(\.kept) + keyed.map(\.unkeyed), by: workers)
        }
        return GroupIndex(joined.map(\.part), bits: bits)
    }

    /// The rows of a window, whoever may look for them.
    func index(_ window: SweepWindow, by workers: some SweepWorkers) -> GroupIndex {
        let bits = KeyedRows.bits(
            sweep.facts.rowCount(window.kind), ofPart: sweep.rowsOfJoin)
        let found = workers.map(parts(segments(window.kind).count, workers)) { part in
            rows(of: window, part, nil, bits)
        }
        let parts = workers.map(Array(0..<(1 << bits))) { part in
            let mine = found.part(part)
            return GroupIndex.Part(
                entries(mine.rows, mine.stretches, window, []), skippingBits: bits)
        }
        return GroupIndex(parts, bits: bits)
    }

    /// The least number of rows under a key without which no row selected can be found.
    private func least(
        _ window: SweepWindow, _ asked: [WindowDemand], _ selections: [Selection]
    ) -> Int? {
        let hasUnsure = selections.contains { !$0.unsure.isEmpty }
        let needs = asked.filter { demand in
            !demand.isNone && isTold(demand, window) && (demand.isOfFilter || !hasUnsure)
                && (!demand.waits || window.order == .earlier || window.high == nil)
        }
        return needs.map(\.least).max().map { min($0, 200) }
    }

    /// Whether what a demand asks of each row of a window is known of all of them, so that fewer
    /// rows than it needs settle it.
    private func isTold(_ demand: WindowDemand, _ window: SweepWindow) -> Bool {
        guard let body = demand.body, !findingsOnly else { return true }
        guard demand.countsAll, case .word(_, let bit) = body.form else { return false }
        return segments(window.kind).allSatisfy { $0.always >> Int64(bit) & 1 != 0 }
    }

    /// The rows of some segments that the window's filter may admit, and that a selected row may
    /// look for.
    private func rows(
        of window: SweepWindow, _ part: Range<Int>, _ present: KeyFilter?, _ bits: Int
    ) -> KeyedRows {
        var probe = RowProbe(rule, rule.base, kind: window.kind, depth: 1)
        let asksFilter = !mayReachBounds(window)
        let isCertain = asksFilter && window.filterIsOfRow
        var found: [KeyedRows.Row] = []
        var stretches: [KeyedRows.Stretch] = []
        for number in part {
            let segment = segments(window.kind)[number]
            var holds = segment.places
            var unknown: [Int32] = []
            if asksFilter {
                for (place, condition) in window.conditions.enumerated() {
                    let doubtful = probe.ask(condition, place, segment, unknown)
                    let answers = probe.ask(condition, place, segment, holds)
                    holds = answers.holds
                    unknown = Self.merged(
                        Self.merged(doubtful.holds, doubtful.unknown), answers.unknown)
                }
            }
            let first = Int32(number << Segment.power)
            for (places, isSure) in [(holds, isCertain), (unknown, false)]
            where !places.isEmpty {
                let (keyed, hashes, _) = window.ownKey.hashes(segment, places)
                var wanted: [Int32] = []
                let start = found.count
                for (place, hash) in zip(keyed, hashes)
                where present?.mayHold(hash) ?? true {
                    found.append(KeyedRows.Row(hash: hash, row: first + place, isSure: isSure))
                    wanted.append(place)
                }
                if window.hasEnds { stretches += window.intervals(segment, wanted) }
                guard isSure, !window.hasTime(segment) else { continue }
                for (number, place) in wanted.enumerated()
                where !window.hasTime(segment, Int(place)) {
                    found[start + number].isSure = false
                }
            }
        }
        return KeyedRows(found, stretches, bits: bits)
    }

    private func entries(
        _ rows: [KeyedRows.Row], _ stretches: [KeyedRows.Stretch], _ window: SweepWindow,
        _ asked: [WindowDemand]
    ) -> [GroupIndex.Entry] {
        guard !rows.isEmpty else { return [] }
        var probes = asked.map { demand in
            RowProbe(rule, rule.base, kind: window.kind, depth: max(demand.depth, 1))
        }
        return rows.map { row in
            let segment = segments(window.kind)[Int(row.row) >> Segment.power]
            let place = Int(row.row) & (Segment.rowCountMax - 1)
            // Without ends it does not matter when rows are.
            var (low, high): (Int64, Int64) = (0, 0)
            if !stretches.isEmpty {
                low = stretches[Int(row.place)].low
                high = stretches[Int(row.place)].high
            }
            var flags: UInt8 = row.isSure ? 0 : 1
            for (number, demand) in asked.enumerated() {
                guard let body = demand.body else { continue }
                let answer =
                    demand.countsAll
                    ? probes[number].isKnown(body, segment, place)
                    : probes[number].ask(body, 0, segment, place)
                flags |= answer.rawValue << UInt8(1 + 2 * number)
            }
            return GroupIndex.Entry(
                hash: row.hash, low: low, high: high, row: row.row, flags: flags)
        }
    }

    // MARK: - Order

    /// What is left of a selection, in the order of rows again, in as many lists as are done side
    /// by side.
    private func inOrder(
        _ selections: [Selection], by workers: some SweepWorkers
    ) -> [Selection] {
        let limit = sweep.facts.rowCount(kind)
        let sure = Self.inOrder(selections.map(\.sure), below: limit)
        let unsure = Self.inOrder(selections.map(\.unsure), below: limit)
        let count = max(1, workers.count == 1 ? 1 : workers.count * 4)
        func slice(_ rows: [Int32], _ part: Int) -> [Int32] {
            Array(rows[rows.count * part / count..<rows.count * (part + 1) / count])
        }
        return (0..<count).map { part in
            var selection = Selection()
            selection.sure = slice(sure, part)
            selection.unsure = slice(unsure, part)
            return selection
        }
    }

    /// Different rows in order: few are sorted, many ticked off.
    private static func inOrder(_ lists: [[Int32]], below limit: Int) -> [Int32] {
        let count = lists.reduce(0) { $0 + $1.count }
        guard count > limit >> 6 else { return lists.flatMap { $0 }.sorted() }
        var words = [UInt64](repeating: 0, count: limit >> 6 + 1)
        for list in lists {
            for row in list { words[Int(row) >> 6] |= 1 << UInt64(row & 63) }
        }
        var rows: [Int32] = []
        rows.reserveCapacity(count)
        for (place, word) in words.enumerated() {
            var word = word
            while word != 0 {
                rows.append(Int32(place << 6 + word.trailingZeroBitCount))
                word &= word - 1
            }
        }
        return rows
    }
}

extension RowProbe {
    /// Whether a value is known: `yes` or `unknown`.
    mutating func isKnown(
        _ condition: SweepCondition, _ segment: Segment, _ place: Int
    ) -> SweepCondition.Answer {
        if case .word(_, let bit) = condition.form, isField(condition.step) {
            return segment.words[0][place] >> Int64(bit) & 1 != 0 ? .yes : .unknown
        }
        return value(condition.step, condition.offsets, segment, place).isKnown ? .yes : .unknown
    }
}
