internal import Primitives
internal import Records
internal import RuleLanguage

extension FactStore {
    /// A question of a program about the rows of a window.
    struct Question {
        let aggregate: Aggregate
        let window: Int
        let depth: Int
        let body: Int32
        let totals: Step.Totals
    }

    mutating func ask(
        _ question: Question, _ program: Program, _ scratch: inout Scratch
    ) -> Flat {
        let window = question.window
        if !scratch.windows[window].isFilled { fill(window, program, &scratch) }
        guard !scratch.windows[window].isOpen else { return .open }
        let count = scratch.found[window].count
        let hasBody = question.body >= 0
        if hasBody, question.aggregate != .first, question.aggregate != .last {
            scratch.visits += count
            guard scratch.visits <= bounds.visitsOfJudgementMax else { return .open }
        }
        switch question.aggregate {
        case .any, .none, .all: return absence(question, program, &scratch)
        case .count:
            return hasBody ? total(question, program, &scratch) : Flat(Int64(count))
        case .sum: return total(question, program, &scratch)
        case .min, .max: return extreme(question, program, &scratch)
        case .distinct: return distinct(question, program, &scratch)
        case .quantile: return quantile(question, program, &scratch)
        case .first, .last:
            guard hasBody else { return .open }
            guard count > 0 else { return .unknown }
            return value(
                question, at: question.aggregate == .first ? 0 : count - 1, program, &scratch)
        default: return .open
        }
    }

    /// The body of the question for one row of the window, by its place among those found.
    mutating func value(
        _ question: Question, at found: Int, _ program: Program, _ scratch: inout Scratch
    ) -> Flat {
        let depth = question.depth
        let row = scratch.found[question.window][found]
        if case .field(let fieldDepth, let bit, let offset, let isPair, let name) =
            program.steps[Int(question.body)], Int(fieldDepth) == depth
        {
            let carried = Int(scratch.carried[question.window][found])
            let word = Int(offset)
            if carried >= 0, program.windows[question.window].slots[word] >= 0,
                !isPair || program.windows[question.window].slots[word + 1] >= 0
            {
                let known = indexes.carried[carried].words[0] >> Int64(bit) & 1 != 0
                guard known else { return .missing(name) }
                let slot = Int(program.windows[question.window].slots[word])
                guard isPair else { return Flat(indexes.carried[carried].words[slot]) }
                let next = Int(program.windows[question.window].slots[word + 1])
                return Flat(
                    indexes.carried[carried].words[slot], indexes.carried[carried].words[next])
            }
            let start = rows.heads[Int(row)].start
            guard rows.words[start] >> Int64(bit) & 1 != 0 else { return .missing(name) }
            let place = start + word
            return Flat(rows.words[place], isPair ? rows.words[place + 1] : 0)
        }
        let (outer, start) = (scratch.rows[depth], scratch.starts[depth])
        scratch.enter(row, start: rows.heads[Int(row)].start, depth: depth)
        let value = run(question.body, program, &scratch)
        scratch.enter(outer, start: start, depth: depth)
        return value
    }

    private mutating func absence(
        _ question: Question, _ program: Program, _ scratch: inout Scratch
    ) -> Flat {
        let deciding = question.aggregate != .all
        let decided = Flat(question.aggregate == .any)
        if question.body < 0, !scratch.found[question.window].isEmpty { return decided }
        var doubt: Flat?
        if question.body >= 0 {
            for place in scratch.found[question.window].indices {
                let value = value(question, at: place, program, &scratch)
                if value.isKnown, (value.first != 0) == deciding { return decided }
                if !value.isKnown { doubt = doubt.map { $0.lacking(value) } ?? value.inRow }
            }
        }
        if let doubt { return doubt.inRow }
        guard let day = scratch.windows[question.window].closing else {
            return Flat(question.aggregate != .any)
        }
        scratch.closes = Swift.min(scratch.closes, scratch.windows[question.window].closes)
        return .open(until: day)
    }

    private mutating func total(
        _ question: Question, _ program: Program, _ scratch: inout Scratch
    ) -> Flat {
        let isCount = question.aggregate == .count
        guard isCount || question.totals.sum != nil else { return .open }
        var total: Flat?
        var hits: Int64 = 0
        for place in scratch.found[question.window].indices {
            let value = value(question, at: place, program, &scratch)
            guard value.isKnown else { return value.inRow }
            if isCount {
                hits += value.first
            } else if let sum = total, let form = question.totals.sum {
                total = FlatMath.combine(form, .add, sum, value)
                guard total?.isKnown == true else { return .open }
            } else {
                total = value
            }
        }
        if isCount { return Flat(hits) }
        if let total { return total }
        return question.totals == .money ? .unknown : Flat(0)
    }

    private mutating func extreme(
        _ question: Question, _ program: Program, _ scratch: inout Scratch
    ) -> Flat {
        guard question.totals != .none else { return .open }
        var best: Flat?
        for place in scratch.found[question.window].indices {
            let value = value(question, at: place, program, &scratch)
            guard value.isKnown else { return value.inRow }
            guard let found = best else {
                best = value
                continue
            }
            let order: Int64?
            switch question.totals {
            case .decimals: order = FlatMath.order(value, found)
            case .money: order = value.second == found.second ? FlatMath.sign(value, found) : nil
            default: order = FlatMath.sign(value, found)
            }
            guard let order else { return .open }
            if question.aggregate == .min ? order < 0 : order > 0 { best = value }
        }
        return best ?? .unknown
    }

    // MARK: - Filling

    private mutating func fill(_ number: Int, _ program: Program, _ scratch: inout Scratch) {
        scratch.windows[number].isFilled = true
        scratch.found[number].removeAll(keepingCapacity: true)
        scratch.carried[number].removeAll(keepingCapacity: true)
        let window = program.windows[number]
        let judged = scratch.rows[0]
        guard let bucket = bucket(window, program, &scratch),
            let low = end(window.low, isLow: true, window, program, &scratch),
            let high = end(window.high, isLow: false, window, program, &scratch)
        else {
            scratch.windows[number].isOpen = true
            return
        }
        if window.hasTimes, high != .max, window.order != .earlier,
            present.milliseconds < window.grain.end(of: high)
        {
            scratch.windows[number].closing = Int64(window.grain.day(of: high).number)
            scratch.windows[number].closes = window.grain.end(of: high)
        }
        if !scratch.isTrial { watch(bucket, number, window, low, high, program, judged) }
        if bucket >= 0 {
            guard collect(number, window, bucket, low, high, program, &scratch) else {
                scratch.windows[number].isOpen = true
                return
            }
        }
        // Where one row is enough and is there, nothing else can change the answer.
        if window.oneIsEnough, !scratch.found[number].isEmpty { return }
        if !sealed.isEmpty(kind: window.kind),
            isSealed(window, low, high, program, &scratch)
        {
            scratch.windows[number].isOpen = true
        }
    }

    /// The bucket under the window's key; -1 where there is none, nil where the key is not known.
    private mutating func bucket(
        _ window: Program.Window, _ program: Program, _ scratch: inout Scratch
    ) -> Int? {
        if let own = window.own, let bucket = fresh.bucket(scratch.rows[0], own) { return bucket }
        if let probe = window.probe, scratch.probes[probe].stamp == scratch.stamp {
            return Int(scratch.probes[probe].bucket)
        }
        var key = IndexKey()
        for place in window.keys.indices {
            let value = run(window.keys[place], program, &scratch)
            guard value.isKnown else { return nil }
            key.set(place, value.first)
        }
        let bucket =
            scratch.isTrial || !window.isFixed
            ? indexes.find(window.index, key) ?? -1 : indexes.bucket(window.index, key)
        if let probe = window.probe {
            scratch.probes[probe] = (Int32(truncatingIfNeeded: bucket), scratch.stamp)
        }
        return bucket
    }

    private mutating func end(
        _ end: Program.End?, isLow: Bool, _ window: Program.Window, _ program: Program,
        _ scratch: inout Scratch
    ) -> Int64? {
        guard let end else { return isLow ? .min : .max }
        return FactStore.grain(
            run(end.step, program, &scratch), end, isLow: isLow, window.grain, program)
    }

    /// Gathers the rows of the window, or says that they cannot be told.
    private mutating func collect(
        _ number: Int, _ window: Program.Window, _ bucket: Int, _ low: Int64, _ high: Int64,
        _ program: Program, _ scratch: inout Scratch
    ) -> Bool {
        guard !indexes.buckets[bucket].isOverfull else { return false }
        let range =
            window.overlaps
            ? indexes.overlapping(bucket, low: low, high: high)
            : indexes.beginning(bucket, low: low, high: high)
        let unbounded = indexes.buckets[bucket].unbounded.places
        scratch.visits += range.count + unbounded.count
        guard scratch.visits <= bounds.visitsOfJudgementMax else { return false }
        guard !range.isEmpty || !unbounded.isEmpty else { return true }
        fix(window, program, &scratch)
        let (outer, start) = (scratch.rows[1], scratch.starts[1])
        defer { scratch.enter(outer, start: start, depth: 1) }
        var isDoubtful = false
        let shift =
            window.slots.isEmpty
            ? nil
            : indexes.buckets[bucket].carried.places.lowerBound
                - indexes.buckets[bucket].items.places.lowerBound
        for place in range {
            let item = indexes.items[place]
            let carried = shift.map { place + $0 } ?? -1
            guard !window.overlaps || item.high >= low,
                belongs(item, window.order, scratch.rows[0])
            else { continue }
            switch admit(item.row, carried, window, program, &scratch) {
            case .out: break
            case .unknown: isDoubtful = true
            case .into:
                scratch.found[number].append(item.row)
                scratch.carried[number].append(Int32(truncatingIfNeeded: carried))
                if window.oneIsEnough { return true }
            }
        }
        for place in unbounded {
            let item = indexes.items[place]
            guard belongs(item, window.order, scratch.rows[0]) else { continue }
            switch admit(item.row, -1, window, program, &scratch) {
            case .out: break
            case .unknown: isDoubtful = true
            case .into:
                // A row without a time in a window with ends leaves it undecided.
                guard low == .min, high == .max else {
                    isDoubtful = true
                    continue
                }
                scratch.found[number].append(item.row)
                scratch.carried[number].append(-1)
                if window.oneIsEnough { return true }
            }
        }
        return !isDoubtful && scratch.found[number].count <= bounds.rowsOfWindowMax
    }

    @inline(__always)
    func belongs(_ item: IntervalItem, _ order: WindowPhrase.Order, _ judged: Int32) -> Bool {
        switch order {
        case .any: return true
        case .other: return item.row != judged
        case .earlier:
            let head = rows.heads[Int(judged)]
            return item.leaf < head.leaf || item.leaf == head.leaf && item.ordinal < head.ordinal
        }
    }

    private enum Admission {
        case into
        case out
        case unknown
    }

    /// Computes what the window's filter compares rows with.
    private mutating func fix(
        _ window: Program.Window, _ program: Program, _ scratch: inout Scratch
    ) {
        for (place, test) in window.rowFilter.tests.enumerated() {
            guard let step = test.fixed else { continue }
            scratch.fixed[window.rowFilter.firstFixed + place] = run(step, program, &scratch)
        }
    }

    /// Whether the window's filter admits a row, whose words the index carries at a place or not:
    /// a part that fails decides, whatever is unknown.
    @inline(__always)
    private mutating func admit(
        _ row: Int32, _ carried: Int, _ window: Program.Window, _ program: Program,
        _ scratch: inout Scratch
    ) -> Admission {
        var isDoubtful = false
        if let (step, memory) = window.rowFilter.ofRow {
            var answer = answers.admits(memory, row)
            if answer == 0 {
                scratch.enter(row, start: rows.heads[Int(row)].start, depth: 1)
                let value = run(step, program, &scratch)
                answer = value.isKnown ? (value.first != 0 ? 2 : 1) : 3
                answers.remember(memory, row, value)
            }
            if answer == 1 { return .out }
            isDoubtful = answer == 3
        }
        guard !window.rowFilter.tests.isEmpty else { return isDoubtful ? .unknown : .into }
        let start = carried >= 0 ? 0 : rows.heads[Int(row)].start
        let known = carried >= 0 ? indexes.carried[carried].words[0] : rows.words[start]
        for place in window.rowFilter.tests.indices {
            let holds: Flat
            switch window.rowFilter.tests[place] {
            case .known(let bit): holds = Flat(known >> Int64(bit) & 1 != 0)
            case .compare(let symbol, let offset, let bit, _):
                let fixed = scratch.fixed[window.rowFilter.firstFixed + place]
                guard known >> Int64(bit) & 1 != 0, fixed.isKnown else {
                    isDoubtful = true
                    continue
                }
                holds = Flat(symbol.holds(word(offset, start, carried, window), fixed.first))
            case .same(let offset, let bit, _):
                let fixed = scratch.fixed[window.rowFilter.firstFixed + place]
                let value =
                    known >> Int64(bit) & 1 != 0
                    ? Flat(word(offset, start, carried, window)) : .unknown
                holds = value.isSame(fixed, .words)
            case .step(let step):
                scratch.enter(row, start: rows.heads[Int(row)].start, depth: 1)
                holds = run(step, program, &scratch)
            }
            if holds.isFalse { return .out }
            if !holds.isKnown { isDoubtful = true }
        }
        return isDoubtful ? .unknown : .into
    }

    /// A word of a row, from the index or from the row.
    @inline(__always)
    private func word(
        _ offset: Int32, _ start: Int, _ carried: Int, _ window: Program.Window
    ) -> Int64 {
        guard carried >= 0 else { return rows.words[start + Int(offset)] }
        return indexes.carried[carried].words[Int(window.slots[Int(offset)])]
    }

    /// Whether an entry that is sealed to others may be a row of the window.
    private mutating func isSealed(
        _ window: Program.Window, _ low: Int64, _ high: Int64, _ program: Program,
        _ scratch: inout Scratch
    ) -> Bool {
        guard let anchor = window.anchor else { return true }
        let value = run(window.keys[anchor.key], program, &scratch)
        guard value.isKnown else { return true }
        let symbol = Int(value.first)
        let party: SealedEntries.Party =
            switch anchor.type {
            case .patient: .patient(symbols.ids[symbol])
            case .practitioner: .practitioner(symbols.ids[symbol])
            default: .institution(symbols.texts[symbol])
            }
        guard window.hasTimes else {
            return sealed.mayConcern(kind: window.kind, party, reached: { _ in true }) { _ in true }
        }
        let reaches = window.overlaps && window.hasLength
        let grain = window.grain
        func time(_ time: Timestamp) -> Int64 {
            grain.low(milliseconds: time.milliseconds, zone: 0)
        }
        let leaf = rows.heads[Int(scratch.rows[0])].leaf
        return sealed.mayConcern(
            kind: window.kind, party, reached: { reaches || time($0) >= low }
        ) { entry in
            if window.order == .earlier, entry.leafIndex >= leaf { return false }
            return (reaches || low <= time(entry.time)) && time(entry.time) <= high
        }
    }

    /// Notes, once, that the judgement looked here.
    private mutating func watch(
        _ bucket: Int, _ number: Int, _ window: Program.Window, _ low: Int64, _ high: Int64,
        _ program: Program, _ judged: Int32
    ) {
        let head = rows.heads[Int(judged)]
        let place = head.judgements + program.ordinal
        guard window.isFixed, number < Program.windowCountMax, bucket >= 0 else {
            return watchAll(of: window.index, rule: program.number, row: judged)
        }
        guard marks[place] >> UInt16(number) & 1 == 0 else { return }
        marks[place] |= 1 << UInt16(number)
        indexes.watch(
            bucket,
            Watcher(
                low: low, high: high, leaf: head.leaf, ordinal: head.ordinal, row: judged,
                plan: program.number, window: Int32(number)), later: window.order != .earlier)
    }
}

extension FlatMath {
    static func sign(_ a: Flat, _ b: Flat) -> Int64 {
        a.first < b.first ? -1 : a.first > b.first ? 1 : 0
    }
}
