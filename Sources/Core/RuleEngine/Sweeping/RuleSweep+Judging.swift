internal import Primitives
internal import RuleLanguage

extension RuleSweep {
    /// How many rows are judged together at most.
    private static let rowsOfPartMax = 4_096

    /// Judges what was selected, each part over the rows that its windows see.
    func judge(
        _ selections: [Selection], _ indexes: [Int: GroupIndex], by workers: some SweepWorkers
    ) -> [Engine.Judged] {
        var indexes = indexes
        for window in rule.windows where !window.isFixed {
            indexes[window.number] = index(window, by: workers)
        }
        let known = indexes
        let parts = together(selections, indexes, by: workers)
        let answers = workers.map(parts) { judge($0, known) }
        return answers.flatMap { $0 }.sorted { $0.row < $1.row }.map(\.judged)
    }

    /// The rows selected, in parts; those with a key that many rows share stand together, so that
    /// these are gathered once.
    private func together(
        _ selections: [Selection], _ indexes: [Int: GroupIndex], by workers: some SweepWorkers
    ) -> [[Int32]] {
        let count = selections.reduce(0) { $0 + $1.count }
        let size = max(64, min(Self.rowsOfPartMax, count / (workers.count * 4) + 1))
        let widest = rule.windows.filter(\.isFixed).max { left, right in
            (indexes[left.number]?.entriesOfKey ?? 0) < (indexes[right.number]?.entriesOfKey ?? 0)
        }
        guard let widest, (indexes[widest.number]?.entriesOfKey ?? 0) > 2 else {
            return Self.pieces(selections.flatMap { $0.sure + $0.unsure }.sorted(), size)
        }
        let bits = KeyedRows.bits(count, ofPart: sweep.rowsOfJoin)
        let keyed = workers.map(selections) { self.keyed($0, widest, bits) }
        let unkeyed = keyed.flatMap { $0.unkeyed.sure + $0.unkeyed.unsure }
        let parts = keyed.map(\.keyed)
        let sorted = workers.map(Array(0..<(1 << bits))) { part in
            let rows = parts.part(part).rows.sorted { ($0.hash, $0.row) < ($1.hash, $1.row) }
            return Self.pieces(rows.map(\.row), size)
        }
        return sorted.flatMap { $0 } + Self.pieces(unkeyed, size)
    }

    private static func pieces(_ rows: [Int32], _ size: Int) -> [[Int32]] {
        stride(from: 0, to: rows.count, by: size).map {
            Array(rows[$0..<min($0 + size, rows.count)])
        }
    }

    private func judge(
        _ rows: [Int32], _ indexes: [Int: GroupIndex]
    ) -> [(row: Int32, judged: Engine.Judged)] {
        var part = SweepPart(self, rows, indexes)
        part.gather()
        return part.judge()
    }
}

/// Some rows with all that their windows see.
private struct SweepPart {
    private let sweep: RuleSweep
    private let rows: [Int32]
    private let indexes: [Int: GroupIndex]
    private var store: FactStore
    private var frame: Frame
    private var scratch: Scratch
    /// Kind above and row below, in the order of the store.
    private var held: [UInt64] = []
    private var isHeld: Set<UInt64> = []
    /// How many rows came in at first, the judged ones among them.
    private var firstCount = 0

    init(_ sweep: RuleSweep, _ rows: [Int32], _ indexes: [Int: GroupIndex]) {
        self.sweep = sweep
        self.rows = rows
        self.indexes = indexes
        store = sweep.rule.base
        frame = Frame(sweep.rule.plan)
        scratch = Scratch(
            programs: [sweep.rule.program], probeCount: sweep.rule.probeCount)
        scratch.isTrial = true
    }

    private static func name(_ kind: Int, _ row: Int32) -> UInt64 {
        UInt64(kind) << 32 | UInt64(row)
    }

    /// Brings in the rows, and those that their windows see.
    mutating func gather() {
        var probe = RowProbe(sweep.rule, sweep.rule.base, kind: sweep.kind, depth: 0)
        var wanted = rows.map { Self.name(sweep.kind, $0) }
        for window in sweep.rule.windows where window.isFixed {
            guard let index = indexes[window.number] else { continue }
            var collected = Collected(isWhole: sweep.mayReachBounds(window))
            for row in rows {
                let place = JudgedPlace(sweep, row)
                guard let sought = place.seek(window, sweep.rule.program, &probe) else { continue }
                collect(window, index, sought, &collected, &wanted)
            }
        }
        hold(&wanted)
        guard sweep.rule.windows.contains(where: { !$0.isFixed }) else { return }
        for _ in sweep.rule.windows {
            var more = late()
            if more.isEmpty { break }
            hold(&more)
        }
        guard !sweep.rule.plan.rule.derivations.isEmpty else { return }
        while true {
            var more = reasoned()
            if more.isEmpty { return }
            hold(&more)
        }
    }

    /// What a window has brought in under the key that was looked for last.
    private struct Collected {
        /// Whether all rows of a key are brought in.
        let isWhole: Bool
        var hash: UInt64?
        var places = 0..<0
        var range = 0..<0

        init(isWhole: Bool) { self.isWhole = isWhole }
    }

    private func collect(
        _ window: SweepWindow, _ index: GroupIndex, _ sought: JudgedPlace.Sought,
        _ collected: inout Collected, _ wanted: inout [UInt64]
    ) {
        let part = index.part(sought.hash)
        func want(_ places: Range<Int>) {
            for place in places { wanted.append(Self.name(window.kind, part.entries[place].row)) }
        }
        if collected.hash != sought.hash {
            collected.hash = sought.hash
            collected.places = part.places(sought.hash)
            collected.range = 0..<0
            want(collected.isWhole ? collected.places : part.unbounded(collected.places))
        }
        guard !collected.isWhole else { return }
        let range = part.within(
            collected.places, low: sought.low, high: sought.high, overlaps: window.overlaps)
        guard !window.overlaps else {
            for place in range where part.entries[place].high >= sought.low {
                wanted.append(Self.name(window.kind, part.entries[place].row))
            }
            return
        }
        // Stretches of rows with one key mostly overlap: what is in is not brought in again.
        let known = collected.range
        guard !known.isEmpty, range.lowerBound <= known.upperBound,
            known.lowerBound <= range.upperBound
        else {
            want(range)
            collected.range = range
            return
        }
        let lower = min(range.lowerBound, known.lowerBound)
        let upper = max(range.upperBound, known.upperBound)
        want(lower..<known.lowerBound)
        want(known.upperBound..<upper)
        collected.range = lower..<upper
    }

    /// Puts rows into the store, each once.
    private mutating func hold(_ wanted: inout [UInt64]) {
        wanted.sort()
        var last = UInt64.max
        let isFirst = held.isEmpty
        // Rows of one segment come in together.
        var places: [Int32] = []
        func segment(_ name: UInt64) -> UInt64 { name >> UInt64(Segment.power) }
        for name in wanted where name != last {
            if !places.isEmpty, segment(name) != segment(last) { bring(&places, of: last) }
            last = name
            if !isFirst, !isHeld.insert(name).inserted { continue }
            places.append(Int32(truncatingIfNeeded: name & UInt64(Segment.rowCountMax - 1)))
            held.append(name)
        }
        bring(&places, of: last)
        if isFirst { firstCount = held.count }
        if isFirst, sweep.rule.windows.contains(where: { !$0.isFixed }) { isHeld = Set(held) }
    }

    /// Brings in places of the segment that a row stands in.
    private mutating func bring(_ places: inout [Int32], of name: UInt64) {
        guard !places.isEmpty else { return }
        let (kind, row) = (Int(name >> 32), Int(name & 0xffff_ffff))
        store.addForSweep(
            kind: kind, sweep.segments(kind)[row >> Segment.power], places,
            offsets: sweep.rule.offsets[kind])
        places.removeAll(keepingCapacity: true)
    }

    /// The rows of windows whose keys or ends follow from the rows of others.
    private mutating func late() -> [UInt64] {
        var wanted: [UInt64] = []
        let plan = sweep.rule.plan
        for row in rows {
            frame.begin(local(row))
            for window in sweep.rule.windows where !window.isFixed && !window.isOfReasoning {
                guard let index = indexes[window.number],
                    case .success(let bounds) = store.bounds(
                        plan.rule.windows[window.number], plan, &frame),
                    let hash = hash(plan.rule.windows[window.number])
                else { continue }
                var collected = Collected(isWhole: sweep.mayReachBounds(window))
                collect(
                    window, index,
                    JudgedPlace.Sought(hash: hash, low: bounds.low, high: bounds.high),
                    &collected, &wanted)
            }
        }
        return wanted.filter { !isHeld.contains($0) }
    }

    /// The rows where reasoning rules look that are not there yet.
    ///
    /// A judgement for which there are none is the one that is made over all rows: whatever it
    /// asked was there.
    private mutating func reasoned() -> [UInt64] {
        var wanted: [UInt64] = []
        frame.notesLooks = true
        defer { frame.notesLooks = false }
        for row in rows {
            let here = local(row)
            if case .clear = tell(here) { continue }
            _ = store.judge(here, sweep.rule.plan, &frame)
            for look in frame.looks {
                let window = sweep.rule.windows[look.window]
                guard let index = indexes[look.window], let hash = hash(look.keys) else { continue }
                var collected = Collected(isWhole: sweep.mayReachBounds(window))
                collect(
                    window, index,
                    JudgedPlace.Sought(hash: hash, low: look.low, high: look.high), &collected,
                    &wanted)
            }
        }
        return wanted.filter { !isHeld.contains($0) }
    }

    private mutating func hash(_ window: CheckedWindow) -> UInt64? {
        hash(window.keys.map { store.evaluate($0.node, sweep.rule.plan, &frame) })
    }

    private mutating func hash(_ keys: [Value]) -> UInt64? {
        var parts: (Int64, Int64, Int64) = (0, 0, 0)
        for (place, value) in keys.enumerated() {
            let word: Int64
            switch value {
            case .integer(let number): word = number
            case .date(let day): word = Int64(day.number)
            default:
                guard let symbol = store.symbols.known(value) else { return nil }
                word = symbol
            }
            switch place {
            case 0: parts.0 = word
            case 1: parts.1 = word
            default: parts.2 = word
            }
        }
        return SweepWindow.hash(parts.0, parts.1, parts.2)
    }

    /// The row of the store that is a judged row; these came with the first rows, in order.
    private func local(_ row: Int32) -> Int32 {
        let name = Self.name(sweep.kind, row)
        return Int32((0..<firstCount).partitioningIndex { held[$0] >= name })
    }

    mutating func judge() -> [(row: Int32, judged: Engine.Judged)] {
        let told = rows.map { row in
            let here = local(row)
            return (row: row, here: here, answer: tell(here))
        }
        // What follows changes nothing of the store, nor has it a copy for each row.
        let (store, plan) = (self.store, sweep.rule.plan)
        var found: [(row: Int32, judged: Engine.Judged)] = []
        for (row, here, answer) in told {
            let verdict: Verdict
            switch answer {
            case .clear: continue
            case .unknown(let cause): verdict = .notEvaluated(cause)
            case .open: verdict = store.judge(here, plan, &frame)
            }
            switch verdict {
            case .finding: break
            case .notConcerned, .clear: continue
            default: if sweep.findingsOnly { continue }
            }
            guard let position = store.position(of: here) else { continue }
            found.append(
                (row, Engine.Judged(rule: sweep.number, position: position, verdict: verdict)))
        }
        return found
    }

    /// What programs tell of a row.
    private mutating func tell(_ row: Int32) -> QuickAnswer {
        scratch.stamp &+= 1
        scratch.enter(row, start: store.rows.heads[Int(row)].start, depth: 0)
        return store.tell(sweep.rule.program, &scratch)
    }
}
