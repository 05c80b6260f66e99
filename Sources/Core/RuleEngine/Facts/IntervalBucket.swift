/// Rows or judged rows under one key, ordered by when they begin.
///
/// Both ends belong to an interval. The longest one bounds how far back a search for overlaps
/// goes; those without a beginning stand apart.
struct IntervalBucket: Sendable {
    struct Item: Sendable {
        let low: Int64
        let high: Int64
        let index: Int32
        /// Place on the ledger, which orders items that begin together.
        let leaf: UInt64
        let ordinal: UInt32
    }

    private(set) var items: [Item] = []
    /// Items that begin at no known time or have always been there.
    private(set) var unbounded: [Item] = []
    private var longest: Int64 = 0

    mutating func insert(_ item: Item) {
        guard item.low != .min else {
            let place = unbounded.firstIndex { IntervalBucket.precedes(item, $0) }
            return unbounded.insert(item, at: place ?? unbounded.count)
        }
        let length = item.high.subtractingReportingOverflow(item.low)
        longest = max(longest, length.overflow ? .max : length.partialValue)
        guard let last = items.last, IntervalBucket.precedes(item, last) else {
            return items.append(item)
        }
        items.insert(item, at: place { IntervalBucket.precedes(item, $0) })
    }

    /// The places of the items that may share a moment with the stretch; the caller looks closer.
    func range(low: Int64, high: Int64) -> Range<Int> {
        let (earliest, overflow) = low.subtractingReportingOverflow(longest)
        let first = overflow || low == .min ? 0 : place { $0.low >= earliest }
        let end = high == .max ? items.count : place { $0.low > high }
        return first..<max(first, end)
    }

    /// The places of the items that begin in the stretch.
    func beginning(low: Int64, high: Int64) -> Range<Int> {
        let first = low == .min ? 0 : place { $0.low >= low }
        let end = high == .max ? items.count : place { $0.low > high }
        return first..<max(first, end)
    }

    private func place(where isPast: (Item) -> Bool) -> Int {
        var low = 0
        var high = items.count
        while low < high {
            let middle = (low + high) / 2
            if isPast(items[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    private static func precedes(_ left: Item, _ right: Item) -> Bool {
        if left.low != right.low { return left.low < right.low }
        if left.leaf != right.leaf { return left.leaf < right.leaf }
        return left.ordinal < right.ordinal
    }
}
