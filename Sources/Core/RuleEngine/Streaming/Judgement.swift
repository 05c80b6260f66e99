internal import RuleLanguage

/// That a judgement is made again with every new row under a key, because reasoning rules looked
/// there for it.
struct BucketWatch: Sendable, Hashable {
    let judgement: UInt64
    let bucket: Int32
}

extension FactStore {
    /// Notes where the judgement that the frame holds looked for rows.
    mutating func watch(_ plan: Plan, _ program: Program, _ frame: inout Frame) {
        let judged = frame.rows[0]
        let head = rows.heads[Int(judged)]
        let place = head.judgements + program.ordinal
        for (number, window) in plan.rule.windows.enumerated()
        where frame.windows[number].isFilled && window.owner == nil {
            guard program.windows[number].isFixed, number < Program.windowCountMax else {
                watchAll(of: plan.indexes[number], rule: program.number, row: judged)
                continue
            }
            guard marks[place] >> UInt16(number) & 1 == 0 else { continue }
            marks[place] |= 1 << UInt16(number)
            // What is unknown of the judged row alone stays so.
            guard case .success(let bounds) = bounds(window, plan, &frame),
                let key = key(window, plan, &frame)
            else { continue }
            indexes.watch(
                indexes.bucket(plan.indexes[number], key),
                Watcher(
                    low: bounds.low, high: bounds.high, leaf: head.leaf, ordinal: head.ordinal,
                    row: judged, plan: program.number, window: Int32(number)),
                later: window.order != .earlier)
        }
        let judgement = FactStore.due(row: judged, rule: program.number)
        for look in frame.looks {
            // A new row anywhere under the key calls: many rows look there, each at its own time.
            let bucket = indexes.bucket(plan.indexes[look.window], key(look.keys))
            let watch = BucketWatch(judgement: judgement, bucket: Int32(bucket))
            guard watchedBuckets.insert(watch).inserted else { continue }
            indexes.watch(
                bucket,
                Watcher(
                    low: .min, high: .max, leaf: head.leaf, ordinal: head.ordinal, row: judged,
                    plan: program.number, window: Int32(look.window)),
                later: true)
        }
    }

    private mutating func key(_ values: [Value]) -> IndexKey {
        var key = IndexKey()
        for (place, value) in values.enumerated() {
            if let symbol = symbols.key(value) { key.set(place, symbol) }
        }
        return key
    }

    private mutating func key(
        _ window: CheckedWindow, _ plan: Plan, _ frame: inout Frame
    ) -> IndexKey? {
        var key = IndexKey()
        for (place, part) in window.keys.enumerated() {
            guard let symbol = symbols.key(evaluate(part.node, plan, &frame)) else { return nil }
            key.set(place, symbol)
        }
        return key
    }
}

/// Judgements that time alone may change: when the first of their windows closes.
struct ClosingQueue: Sendable {
    /// A binary heap, the earliest on top.
    private var heap: [(time: Int64, judgement: UInt64)] = []
    /// When each closes; what stands otherwise in the heap is out of date.
    private var times: [UInt64: Int64] = [:]

    mutating func set(_ judgement: UInt64, closes time: Int64) {
        guard time != .max else {
            times[judgement] = nil
            return
        }
        guard times[judgement] != time else { return }
        times[judgement] = time
        heap.append((time, judgement))
        var place = heap.count - 1
        while place > 0, heap[place].time < heap[(place - 1) / 2].time {
            heap.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    /// Takes out one judgement of which a window has closed by now.
    mutating func next(by present: Int64) -> UInt64? {
        while let first = heap.first, first.time <= present {
            removeFirst()
            if times[first.judgement] == first.time {
                times[first.judgement] = nil
                return first.judgement
            }
        }
        return nil
    }

    private mutating func removeFirst() {
        let last = heap.count - 1
        heap.swapAt(0, last)
        heap.removeLast()
        var place = 0
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2]
            where child < last && heap[child].time < heap[least].time { least = child }
            guard least != place else { return }
            heap.swapAt(place, least)
            place = least
        }
    }
}
