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
        let rows = ordered(selections, indexes, by: workers)
        let size = max(64, min(Self.rowsOfPartMax, rows.count / (workers.count * 4) + 1))
        let parts = stride(from: 0, to: rows.count, by: size).map {
            Array(rows[$0..<min($0 + size, rows.count)])
        }
        let answers = workers.map(parts) { judge($0, known) }
        return answers.flatMap { $0 }.sorted { $0.row < $1.row }.map(\.judged)
    }

    /// The rows selected; those with a key that many rows share stand together, so that these are
    /// gathered once.
    private func ordered(
        _ selections: [Selection], _ indexes: [Int: GroupIndex], by workers: some SweepWorkers
    ) -> [Int32] {
        let widest = rule.windows.filter(\.isFixed).max { left, right in
            (indexes[left.number]?.entriesOfKey ?? 0) < (indexes[right.number]?.entriesOfKey ?? 0)
        }
        guard let widest, (indexes[widest.number]?.entriesOfKey ?? 0) > 2 else {
            return selections.flatMap { $0.sure + $0.unsure }.sorted()
        }
        let keyed = workers.map(selections) { selection in
            var probe = RowProbe(rule, rule.base, kind: kind, depth: 0)
            return (selection.sure + selection.unsure).map { row in
                (hash: JudgedPlace(self, row).hash(widest, &probe) ?? 0, row: row)
            }
        }
        return keyed.flatMap { $0 }.sorted { ($0.hash, $0.row) < ($1.hash, $1.row) }.map(\.row)
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
            let isWhole = sweep.mayReachBounds(window)
            for row in rows {
                let place = JudgedPlace(sweep, row)
                guard let sought = place.seek(window, sweep.rule.program, &probe) else { continue }
                collect(window, index, sought, isWhole: isWhole, &wanted)
            }
        }
        hold(&wanted)
        guard sweep.rule.windows.contains(where: { !$0.isFixed }) else { return }
        for _ in sweep.rule.windows {
            var more = late()
            if more.isEmpty { return }
            hold(&more)
        }
    }

    private func collect(
        _ window: SweepWindow, _ index: GroupIndex, _ sought: JudgedPlace.Sought,
        isWhole: Bool, _ wanted: inout [UInt64]
    ) {
        let part = index.part(sought.hash)
        let places = part.places(sought.hash)
        guard !isWhole else {
            for place in places { wanted.append(Self.name(window.kind, part.entries[place].row)) }
            return
        }
        for place in part.unbounded(places) {
            wanted.append(Self.name(window.kind, part.entries[place].row))
        }
        let range = part.within(
            places, low: sought.low, high: sought.high, overlaps: window.overlaps)
        for place in range where part.entries[place].high >= sought.low {
            wanted.append(Self.name(window.kind, part.entries[place].row))
        }
    }

    /// Puts rows into the store, each once.
    private mutating func hold(_ wanted: inout [UInt64]) {
        wanted.sort()
        var last = UInt64.max
        let isFirst = held.isEmpty
        for name in wanted where name != last {
            last = name
            if !isFirst, !isHeld.insert(name).inserted { continue }
            let (kind, row) = (Int(name >> 32), Int(name & 0xffff_ffff))
            _ = store.addForSweep(
                kind: kind, sweep.segments(kind)[row >> Segment.power],
                row & (Segment.rowCountMax - 1))
            held.append(name)
        }
        if isFirst { firstCount = held.count }
        if isFirst, sweep.rule.windows.contains(where: { !$0.isFixed }) { isHeld = Set(held) }
    }

    /// The rows of windows whose keys or ends follow from the rows of others.
    private mutating func late() -> [UInt64] {
        var wanted: [UInt64] = []
        let plan = sweep.rule.plan
        for row in rows {
            frame.begin(local(row))
            for window in sweep.rule.windows where !window.isFixed {
                guard let index = indexes[window.number],
                    case .success(let bounds) = store.bounds(
                        plan.rule.windows[window.number], plan, &frame),
                    let hash = hash(plan.rule.windows[window.number])
                else { continue }
                collect(
                    window, index,
                    JudgedPlace.Sought(hash: hash, low: bounds.low, high: bounds.high),
                    isWhole: sweep.mayReachBounds(window), &wanted)
            }
        }
        return wanted.filter { !isHeld.contains($0) }
    }

    private mutating func hash(_ window: CheckedWindow) -> UInt64? {
        var parts: (Int64, Int64, Int64) = (0, 0, 0)
        for (place, key) in window.keys.enumerated() {
            let word: Int64
            switch store.evaluate(key.node, sweep.rule.plan, &frame) {
            case .integer(let number): word = number
            case .date(let day): word = Int64(day.number)
            case let value:
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
        var found: [(row: Int32, judged: Engine.Judged)] = []
        for row in rows {
            let here = local(row)
            guard let verdict = verdict(here), let position = store.position(of: here) else {
                continue
            }
            found.append(
                (row, Engine.Judged(rule: sweep.number, position: position, verdict: verdict)))
        }
        return found
    }

    private mutating func verdict(_ row: Int32) -> Verdict? {
        scratch.stamp &+= 1
        scratch.enter(row, start: store.rows.heads[Int(row)].start, depth: 0)
        switch store.tell(sweep.rule.program, &scratch) {
        case .clear: return nil
        case .unknown(let cause): return sweep.findingsOnly ? nil : .notEvaluated(cause)
        case .open: break
        }
        let verdict = store.judge(row, sweep.rule.plan, &frame)
        switch verdict {
        case .finding: return verdict
        case .notConcerned, .clear: return nil
        default: return sweep.findingsOnly ? nil : verdict
        }
    }
}
