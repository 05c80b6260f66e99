internal import Primitives
internal import Records
internal import RuleLanguage

extension FactStore {
    /// The stretch of a window for the judged row, in grains, both ends included.
    struct Bounds {
        var low = Int64.min
        var high = Int64.max
        var key = IndexKey()
        /// Whether a row with the key may be there at all.
        var hasKey = true
    }

    /// Finds the key and the ends of a window, or why they are unknown.
    func bounds(
        _ window: CheckedWindow, _ plan: Plan, _ frame: inout Frame
    ) -> Result<Bounds, UnknownBounds> {
        var bounds = Bounds()
        for (place, key) in window.keys.enumerated() {
            // The key of a field stands in the row, and need not be found by its value.
            if case .field(let depth, let number) = plan.steps[key.node],
                let symbol = rows.key(Int(number), of: frame.rows[Int(depth)])
            {
                bounds.key.set(place, symbol)
                continue
            }
            let value = evaluate(key.node, plan, &frame)
            if case .unknown(let cause) = value { return .failure(UnknownBounds(cause: cause)) }
            guard let symbol = symbols.known(value) else {
                bounds.hasKey = false
                continue
            }
            bounds.key.set(place, symbol)
        }
        guard let stretch = window.stretch else { return .success(bounds) }
        if let low = stretch.low {
            switch end(low, isLow: true, stretch.grain, plan, &frame) {
            case .success(let grain): bounds.low = grain
            case .failure(let unknown): return .failure(unknown)
            }
        }
        if let high = stretch.high {
            switch end(high, isLow: false, stretch.grain, plan, &frame) {
            case .success(let grain): bounds.high = grain
            case .failure(let unknown): return .failure(unknown)
            }
        }
        return .success(bounds)
    }

    private func end(
        _ end: CheckedWindow.End, isLow: Bool, _ grain: CheckedWindow.Grain, _ plan: Plan,
        _ frame: inout Frame
    ) -> Result<Int64, UnknownBounds> {
        let value = evaluate(end.node, plan, &frame)
        if case .unknown(let cause) = value {
            guard end.openWhereUnknown, case .missing = cause else {
                return .failure(UnknownBounds(cause: cause))
            }
            return .success(isLow ? .min : .max)
        }
        guard let found = isLow ? grain.low(value) : grain.high(value) else {
            return .failure(UnknownBounds(cause: .bound("the end of a window")))
        }
        let (sum, overflow) = found.addingReportingOverflow(end.offset)
        return .success(overflow ? found : sum)
    }

    /// Finds the rows of a window, once for each judged row.
    func fill(_ index: Int, _ plan: Plan, _ frame: inout Frame) {
        guard !frame.windows[index].isFilled else { return }
        frame.windows[index].isFilled = true
        let window = plan.rule.windows[index]
        let bounds: Bounds
        switch self.bounds(window, plan, &frame) {
        case .success(let found): bounds = found
        case .failure(let unknown):
            frame.windows[index].undecided = unknown.cause
            return
        }
        setClosing(index, window, bounds, &frame)
        if frame.notesLooks, window.owner != nil {
            let keys = window.keys.map { evaluate($0.node, plan, &frame) }
            frame.looks.append(
                Frame.Look(window: index, keys: keys, low: bounds.low, high: bounds.high))
        }
        if bounds.hasKey, let bucket = indexes.find(plan.indexes[index], bounds.key) {
            collect(bucket, index, window, bounds, plan, &frame)
        }
        if !sealed.isEmpty(kind: window.kind) {
            consider(index, window, bounds, plan, &frame)
        }
    }

    /// Notes until when rows may still come that belong to the window.
    func setClosing(
        _ index: Int, _ window: CheckedWindow, _ bounds: Bounds, _ frame: inout Frame
    ) {
        guard let grain = window.stretch?.grain, bounds.high != .max, window.order != .earlier
        else { return }
        let end = grain.end(of: bounds.high)
        if present.milliseconds < end {
            frame.windows[index].closing = (grain.day(of: bounds.high), end)
        }
    }

    private func collect(
        _ bucket: Int, _ index: Int, _ window: CheckedWindow, _ bounds: Bounds,
        _ plan: Plan, _ frame: inout Frame
    ) {
        guard !indexes.buckets[bucket].isOverfull else {
            return doubt(.bound(self.bounds.keyText), index, &frame)
        }
        let overlaps = window.stretch?.overlaps ?? false
        let range =
            overlaps
            ? indexes.overlapping(bucket, low: bounds.low, high: bounds.high)
            : indexes.beginning(bucket, low: bounds.low, high: bounds.high)
        let unbounded = indexes.buckets[bucket].unbounded.places
        frame.visits += range.count + unbounded.count
        guard frame.visits <= self.bounds.visitsOfJudgementMax else {
            return doubt(.bound(self.bounds.visitText), index, &frame)
        }
        let depth = window.depth + 1
        let (outer, judged) = (frame.rows[depth], frame.rows[window.depth])
        defer { frame.rows[depth] = outer }
        for place in range {
            let item = indexes.items[place]
            guard !overlaps || item.high >= bounds.low else { continue }
            guard belongs(item, window, judged) else { continue }
            admit(item.row, index, window, isPlaced: true, plan, &frame)
        }
        for place in unbounded {
            let item = indexes.items[place]
            guard belongs(item, window, judged) else { continue }
            let isPlaced = bounds.low == .min && bounds.high == .max
            admit(item.row, index, window, isPlaced: isPlaced, plan, &frame)
        }
    }

    func belongs(
        _ item: IntervalItem, _ window: CheckedWindow, _ judged: Int32
    ) -> Bool {
        switch window.order {
        case .any: return true
        case .other: return item.row != judged
        case .earlier:
            let place = rows.heads[Int(judged)]
            return (item.leaf, item.ordinal) < (place.leaf, place.ordinal)
        }
    }

    func admit(
        _ row: Int32, _ index: Int, _ window: CheckedWindow, isPlaced: Bool, _ plan: Plan,
        _ frame: inout Frame
    ) {
        if let filter = window.filter {
            frame.rows[window.depth + 1] = row
            switch evaluate(filter, plan, &frame) {
            case .bool(false):
                if frame.notesRefusals { frame.windows[index].refused.append(row) }
                return
            case .unknown(let cause): return doubt(.row(cause), index, &frame)
            default: break
            }
        }
        guard isPlaced else {
            let field = window.times.map(\.start) ?? 0
            let kind = FactKind.allCases[window.kind]
            let name = kind.schema.fields.first { $0.number == field }?.name ?? "time"
            return doubt(.row(.missing(kind: kind.name, field: name)), index, &frame)
        }
        guard frame.windows[index].rows.count < bounds.rowsOfWindowMax else {
            return doubt(.bound(bounds.windowText), index, &frame)
        }
        frame.windows[index].rows.append(row)
    }

    private func doubt(_ cause: Cause, _ index: Int, _ frame: inout Frame) {
        frame.windows[index].undecided =
            frame.windows[index].undecided.map { $0.joined(with: cause) } ?? cause
    }

    /// Entries that are sealed to others may be rows of the window.
    func consider(
        _ index: Int, _ window: CheckedWindow, _ bounds: Bounds, _ plan: Plan,
        _ frame: inout Frame
    ) {
        guard !sealed.isEmpty(kind: window.kind) else { return }
        let wanted = named(by: window, plan, &frame)
        let judged = rows.heads[Int(frame.rows[window.depth])].leaf
        // What began before the stretch may still reach into it.
        let reaches =
            window.stretch.map { $0.overlaps && window.times?.end != .start } ?? true
        func grain(_ time: Timestamp) -> Int64? {
            window.stretch?.grain.low(.instant(time, zoneMinutes: 0))
        }
        let leaves = sealed.leaves(
            kind: window.kind, party(of: window, plan, &frame), atMost: 8,
            reached: { time in reaches || grain(time).map { $0 >= bounds.low } ?? true }
        ) { entry in
            if window.order == .earlier, entry.leafIndex >= judged { return false }
            guard wanted.allSatisfy({ $0.fits(entry) }) else { return false }
            guard let time = grain(entry.time) else { return true }
            return (reaches || bounds.low <= time) && time <= bounds.high
        }
        if !leaves.isEmpty { doubt(.sealed(leaves), index, &frame) }
    }

    /// Whom the keys of a window name, as far as a sealed entry shows whom it names.
    private func named(
        by window: CheckedWindow, _ plan: Plan, _ frame: inout Frame
    ) -> [SealedEntries.Party] {
        var named: [SealedEntries.Party] = []
        for key in window.keys {
            switch (key.type, evaluate(key.node, plan, &frame)) {
            case (.patient, .id(let id)): named.append(.patient(id))
            case (.practitioner, .id(let id)): named.append(.practitioner(id))
            case (.institution, .institution(let id)): named.append(.institution(id.name))
            default: continue
            }
        }
        return named
    }

    /// Whose rows a window looks for, as far as a sealed entry shows whom it names.
    private func party(
        of window: CheckedWindow, _ plan: Plan, _ frame: inout Frame
    ) -> SealedEntries.Party? {
        guard let key = FactStore.anchor(window.keys.map(\.type)) else { return nil }
        switch (window.keys[key].type, evaluate(window.keys[key].node, plan, &frame)) {
        case (.patient, .id(let id)): return .patient(id)
        case (.practitioner, .id(let id)): return .practitioner(id)
        case (.institution, .institution(let id)): return .institution(id.name)
        default: return nil
        }
    }
}

/// Why the key or the ends of a window are not known.
struct UnknownBounds: Error {
    let cause: Cause
}
