internal import Primitives

extension RuleSweep {
    /// The rows of a selection with their keys, and where they look.
    ///
    /// - Parameters:
    ///   - selection: The rows.
    ///   - window: The window whose key they have.
    ///   - bits: By how many bits of their keys they are parted.
    ///   - asking: Whether it is asked, too, when these rows are themselves.
    /// - Returns: the rows, and those whose key or stretch is not known.
    func keyed(
        _ selection: Selection, _ window: SweepWindow, _ bits: Int, asking: Bool = false
    ) -> (keyed: KeyedRows, unkeyed: Selection) {
        var list = KeyList(hasEnds: window.hasEnds, asking: asking, count: selection.count)
        var unkeyed = Selection()
        unkeyed.sure = key(selection.sure, isSure: true, window, &list)
        unkeyed.unsure = key(selection.unsure, isSure: false, window, &list)
        return (
            KeyedRows(list.rows, list.stretches, own: list.own, bits: bits), unkeyed
        )
    }

    /// Rows with their keys, and beside them where they look and when they are.
    private struct KeyList {
        let asksOwn: Bool
        var rows: [KeyedRows.Row] = []
        var stretches: [KeyedRows.Stretch] = []
        var own: [KeyedRows.Stretch] = []

        init(hasEnds: Bool, asking: Bool, count: Int) {
            asksOwn = hasEnds && asking
            rows.reserveCapacity(count)
            if hasEnds { stretches.reserveCapacity(count) }
            if asksOwn { own.reserveCapacity(count) }
        }
    }

    /// Adds these rows with their keys, and returns those whose key or stretch is not known.
    private func key(
        _ rows: [Int32], isSure: Bool, _ window: SweepWindow, _ list: inout KeyList
    ) -> [Int32] {
        guard let words = window.judgedKey else {
            return keyOneByOne(rows, isSure: isSure, window, &list)
        }
        var unkeyed: [Int32] = []
        for (number, places) in segmented(rows) {
            let first = Int32(number << Segment.power)
            let segment = segments(kind)[number]
            let (known, hashes, missing) = words.hashes(segment, places)
            unkeyed += missing.lazy.map { first + $0 }
            var sought: [KeyedRows.Stretch] = []
            if window.hasEnds {
                guard let found = window.sought(segment, known) else {
                    let rows = known.map { first + $0 }
                    unkeyed += keyOneByOne(rows, isSure: isSure, window, &list)
                    continue
                }
                sought = found
            }
            let start = list.rows.count
            for (place, hash) in zip(known, hashes) {
                list.rows.append(KeyedRows.Row(hash: hash, row: first + place, isSure: isSure))
            }
            guard window.hasEnds else { continue }
            list.stretches += sought
            guard list.asksOwn else { continue }
            let own = window.intervals(segment, known)
            // A row without a time of its own may stand in any window.
            for (number, own) in own.enumerated() where own.low == .min {
                list.rows[start + number].isSure = false
            }
            list.own += own
        }
        return unkeyed
    }

    private func keyOneByOne(
        _ rows: [Int32], isSure: Bool, _ window: SweepWindow, _ list: inout KeyList
    ) -> [Int32] {
        var probe = RowProbe(rule, rule.base, kind: kind, depth: 0)
        var unkeyed: [Int32] = []
        for row in rows {
            let judged = JudgedPlace(self, row)
            guard let sought = judged.seek(window, rule.program, &probe) else {
                unkeyed.append(row)
                continue
            }
            var keyed = KeyedRows.Row(hash: sought.hash, row: row, isSure: isSure)
            if window.hasEnds {
                list.stretches.append(KeyedRows.Stretch(low: sought.low, high: sought.high))
            }
            if list.asksOwn {
                let (low, high) = window.interval(judged.segment, judged.place)
                list.own.append(KeyedRows.Stretch(low: low, high: high))
                if low == .min { keyed.isSure = false }
            }
            list.rows.append(keyed)
        }
        return unkeyed
    }

    /// Rows in order, by the segments that they stand in.
    private func segmented(_ rows: [Int32]) -> [(segment: Int, places: [Int32])] {
        var segmented: [(segment: Int, places: [Int32])] = []
        var start = 0
        while start < rows.count {
            let number = rows[start] >> Int32(Segment.power)
            let end = (start..<rows.count).partitioningIndex {
                rows[$0] >> Int32(Segment.power) > number
            }
            let first = number << Int32(Segment.power)
            let segment = segments(kind)[Int(number)]
            let isWhole = end - start == segment.count
            let places = isWhole ? segment.places : rows[start..<end].map { $0 - first }
            segmented.append((Int(number), places))
            start = end
        }
        return segmented
    }
}
