/// Under which keys the rows stand that came last: they are judged next, and mostly look under
/// their own keys.
struct FreshBuckets: Sendable {
    private var first = Int32.max
    /// Where the buckets of each row begin.
    private var starts: [Int32] = []
    /// By row and index of its kind; -1 where the row lacks the key.
    private var buckets: [Int32] = []

    /// Forgets all rows; those from this on are to be kept in mind.
    mutating func begin(with row: Int) {
        first = Int32(truncatingIfNeeded: row)
        starts.removeAll(keepingCapacity: true)
        buckets.removeAll(keepingCapacity: true)
    }

    /// Forgets all rows.
    mutating func end() { first = .max }

    mutating func addRow() { starts.append(Int32(truncatingIfNeeded: buckets.count)) }

    mutating func add(_ bucket: Int?) {
        buckets.append(Int32(truncatingIfNeeded: bucket ?? -1))
    }

    /// The bucket of a row in one of the indexes of its kind, where that is known.
    @inline(__always)
    func bucket(_ row: Int32, _ place: Int) -> Int? {
        guard row >= first else { return nil }
        let bucket = buckets[Int(starts[Int(row - first)]) + place]
        return bucket < 0 ? nil : Int(bucket)
    }
}
