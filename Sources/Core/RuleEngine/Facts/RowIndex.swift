internal import RuleLanguage

/// The rows of one kind by key and time.
struct RowIndex: Sendable {
    /// What is indexed; windows of several rules that ask for the same share an index.
    struct Specification: Hashable, Sendable {
        let kind: Int
        let keyFields: [Int]
        let times: CheckedWindow.Times?
        let grain: CheckedWindow.Grain

        init(_ window: CheckedWindow) {
            kind = window.kind
            keyFields = window.keys.map(\.field)
            times = window.times
            grain = window.stretch?.grain ?? .day
        }
    }

    let specification: Specification
    private var places: [IndexKey: Int] = [:]
    private var buckets: [IntervalBucket] = []

    init(specification: Specification) {
        self.specification = specification
    }

    mutating func insert(_ item: IntervalBucket.Item, under key: IndexKey) {
        if let place = places[key] {
            buckets[place].insert(item)
        } else {
            places[key] = buckets.count
            var bucket = IntervalBucket()
            bucket.insert(item)
            buckets.append(bucket)
        }
    }

    /// The number of the bucket under a key.
    func bucket(_ key: IndexKey) -> Int? { places[key] }

    subscript(bucket: Int) -> IntervalBucket {
        buckets[bucket]
    }
}

/// Up to three key parts, by their numbers.
struct IndexKey: Hashable, Sendable {
    private var first: UInt32 = 0
    private var second: UInt32 = 0
    private var third: UInt32 = 0

    mutating func set(_ place: Int, _ symbol: UInt32) {
        switch place {
        case 0: first = symbol
        case 1: second = symbol
        default: third = symbol
        }
    }
}
