internal import Primitives
internal import RuleLanguage

/// What is indexed; windows of several rules that ask for the same share an index.
struct IndexSpecification: Hashable, Sendable {
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

    /// The window's rows counted in civil days, whatever grain it searches in.
    init(days window: CheckedWindow) {
        kind = window.kind
        keyFields = []
        times = window.times
        grain = .day
    }
}

/// The rows of all kinds by key and time, and the judgements that watch for more of them.
struct RowIndexes: Sendable {
    let specifications: [IndexSpecification]
    private(set) var buckets: [Bucket] = []
    private(set) var items = ChunkArena<IntervalItem>(filler: .filler)
    private(set) var carried = ChunkArena<CarriedWords.Row>(filler: CarriedWords.Row())
    /// By index, which words of its rows it carries.
    var words: [Int: CarriedWords] = [:] {
        didSet { wordsOfIndex = specifications.indices.map { words[$0] } }
    }
    private(set) var wordsOfIndex: [CarriedWords?]
    private(set) var watchers = ChunkArena<Watcher>(filler: .filler)
    /// By key, in open addressing, a power of two of them: half of the mixed key above, so that
    /// few other buckets are looked at, and below the number of the bucket from 1.
    private var places: [UInt64] = Array(repeating: 0, count: 1_024)
    /// The first bucket of each index and party.
    private var ofParty: [UInt64: Int32] = [:]
    /// Which part of the key is a party that sealed entries name, by index.
    private let anchors: [Int?]
    /// The buckets of each index.
    private var ofIndex: [[Int32]]
    /// How many rows are kept under one key.
    let rowsOfKeyMax: Int

    init(_ specifications: [IndexSpecification], anchors: [Int?], rowsOfKeyMax: Int) {
        self.specifications = specifications
        self.anchors = anchors
        ofIndex = Array(repeating: [], count: specifications.count)
        wordsOfIndex = Array(repeating: nil, count: specifications.count)
        self.rowsOfKeyMax = rowsOfKeyMax
    }

    // MARK: - Keys

    /// The number of the bucket under a key, or nil where there is none.
    func find(_ index: Int, _ key: IndexKey) -> Int? {
        let mask = places.count - 1
        let mixed = key.mixed(Int32(index))
        var place = Int(truncatingIfNeeded: mixed) & mask
        while places[place] != 0 {
            let found = places[place]
            if found >> 32 == mixed >> 32 {
                let bucket = Int(found & 0xffff_ffff) - 1
                if buckets[bucket].index == Int32(index), buckets[bucket].key == key {
                    return bucket
                }
            }
            place = (place + 1) & mask
        }
        return nil
    }

    /// The number of the bucket under a key, new where there was none.
    mutating func bucket(_ index: Int, _ key: IndexKey) -> Int {
        if let found = find(index, key) { return found }
        if buckets.count * 2 >= places.count { spread() }
        var bucket = Bucket(index: Int32(index), key: key)
        if let part = anchors[index] {
            let party = party(index, key.part(part))
            bucket.next = ofParty[party] ?? -1
            ofParty[party] = Int32(truncatingIfNeeded: buckets.count)
        }
        ofIndex[index].append(Int32(truncatingIfNeeded: buckets.count))
        buckets.makeRoom(for: 1)
        buckets.append(bucket)
        place(buckets.count - 1)
        return buckets.count - 1
    }

    /// The numbers of the buckets under keys, new where there were none; nil where a key is.
    ///
    /// What stands where each search begins is read for all keys before any is compared. Hardly
    /// any of these places is in a cache, and the processor waits for many of them at once where
    /// it need not know one to go on to the next.
    mutating func buckets(under keys: [(index: Int, key: IndexKey?)]) -> [Int?] {
        let mask = places.count - 1
        let mixed = keys.map { index, key in key?.mixed(Int32(index)) ?? 0 }
        let begins = mixed.map { places[Int(truncatingIfNeeded: $0) & mask] }
        return keys.indices.map { number in
            let index = keys[number].index
            guard let key = keys[number].key else { return nil }
            let begin = Int(begins[number] & 0xffff_ffff) - 1
            if begin >= 0, begins[number] >> 32 == mixed[number] >> 32,
                buckets[begin].index == Int32(index), buckets[begin].key == key
            {
                return begin
            }
            return bucket(index, key)
        }
    }

    private func party(_ index: Int, _ part: Int32) -> UInt64 {
        UInt64(index) << 32 | UInt64(UInt32(bitPattern: part))
    }

    private mutating func place(_ bucket: Int) {
        let mask = places.count - 1
        let mixed = buckets[bucket].key.mixed(buckets[bucket].index)
        var place = Int(truncatingIfNeeded: mixed) & mask
        while places[place] != 0 { place = (place + 1) & mask }
        places[place] = (mixed & ~0xffff_ffff) | UInt64(bucket + 1)
    }

    private mutating func spread() {
        places = Array(repeating: 0, count: places.count * 2)
        for bucket in buckets.indices { place(bucket) }
    }

    /// The buckets of an index that a sealed entry of the party may concern; all where it is nil.
    func buckets(of index: Int, party: Int64?) -> [Int32] {
        guard anchors[index] != nil, let party else { return ofIndex[index] }
        var found: [Int32] = []
        var next = ofParty[self.party(index, Int32(truncatingIfNeeded: party))] ?? -1
        while next >= 0 {
            found.append(next)
            next = buckets[Int(next)].next
        }
        return found
    }

    // MARK: - Rows

    /// Puts a row under a key; where more came than are kept, only that is kept in mind.
    mutating func insert(
        _ item: IntervalItem, carrying words: CarriedWords.Row?, into bucket: Int
    ) {
        let count = buckets[bucket].items.count + buckets[bucket].unbounded.count
        guard Int(count) < rowsOfKeyMax else {
            buckets[bucket].isOverfull = true
            return
        }
        guard item.low != .min else {
            let chunk = buckets[bucket].unbounded
            let place = chunk.places.first { item.precedes(items[$0]) } ?? chunk.places.upperBound
            return items.insert(
                item, at: place - chunk.places.lowerBound, into: &buckets[bucket].unbounded)
        }
        let length = item.high.subtractingReportingOverflow(item.low)
        buckets[bucket].longest = max(
            buckets[bucket].longest, length.overflow ? .max : length.partialValue)
        let places = buckets[bucket].items.places
        var place = places.upperBound
        if let last = places.last, item.precedes(items[last]) {
            place = places.partitioningIndex { item.precedes(items[$0]) }
        }
        let offset = place - places.lowerBound
        items.insert(item, at: offset, into: &buckets[bucket].items)
        if let words { carried.insert(words, at: offset, into: &buckets[bucket].carried) }
    }

    /// The places of the items that may share a moment with the stretch; the caller looks closer.
    func overlapping(_ bucket: Int, low: Int64, high: Int64) -> Range<Int> {
        buckets[bucket].items.places.overlapping(
            low: low, high: high, longest: buckets[bucket].longest
        ) { items[$0].low }
    }

    /// The places of the items that begin in the stretch.
    func beginning(_ bucket: Int, low: Int64, high: Int64) -> Range<Int> {
        buckets[bucket].items.places.beginning(low: low, high: high) { items[$0].low }
    }

    // MARK: - Watchers

    /// Notes that a judgement looked here; `later` where rows count that come after it.
    mutating func watch(_ bucket: Int, _ watcher: Watcher, later: Bool) {
        buckets[bucket].lastLeaf = max(buckets[bucket].lastLeaf, watcher.leaf)
        if later { buckets[bucket].watchesLater = true }
        if watcher.low == .min || watcher.high == .max {
            return watchers.insert(
                watcher, at: Int(buckets[bucket].loose.count), into: &buckets[bucket].loose)
        }
        let length = watcher.high.subtractingReportingOverflow(watcher.low)
        buckets[bucket].longestWatch = max(
            buckets[bucket].longestWatch, length.overflow ? .max : length.partialValue)
        let places = buckets[bucket].watchers.places
        var place = places.upperBound
        if let last = places.last, watchers[last].low > watcher.low {
            place = places.partitioningIndex { watchers[$0].low > watcher.low }
        }
        watchers.insert(watcher, at: place - places.lowerBound, into: &buckets[bucket].watchers)
    }

    /// The places of the watchers with two ends whose stretch may share a moment with the row's.
    func watching(_ bucket: Int, low: Int64, high: Int64) -> Range<Int> {
        buckets[bucket].watchers.places.overlapping(
            low: low, high: high, longest: buckets[bucket].longestWatch
        ) { watchers[$0].low }
    }

    // MARK: - Going back

    /// Takes out the row that was put in last, and restores how long the longest one is.
    mutating func remove(row: Int32, from bucket: Int, longest: Int64, isOverfull: Bool) {
        let items = buckets[bucket].items.places
        if let place = items.first(where: { self.items[$0].row == row }) {
            let offset = place - items.lowerBound
            self.items.remove(at: offset, from: &buckets[bucket].items)
            if wordsOfIndex[Int(buckets[bucket].index)] != nil {
                carried.remove(at: offset, from: &buckets[bucket].carried)
            }
        }
        let unbounded = buckets[bucket].unbounded.places
        if let place = unbounded.first(where: { self.items[$0].row == row }) {
            self.items.remove(
                at: place - unbounded.lowerBound, from: &buckets[bucket].unbounded)
        }
        buckets[bucket].longest = longest
        buckets[bucket].isOverfull = isOverfull
    }

    /// Takes out the buckets that came after the first `count`, all of them empty.
    mutating func revert(toCount count: Int) {
        while buckets.count > count, let last = buckets.popLast() {
            var items = last.items
            var unbounded = last.unbounded
            self.items.clear(&items)
            self.items.clear(&unbounded)
            var carried = last.carried
            self.carried.clear(&carried)
            ofIndex[Int(last.index)].removeLast()
            if let part = anchors[Int(last.index)] {
                let party = party(Int(last.index), last.key.part(part))
                ofParty[party] = last.next < 0 ? nil : last.next
            }
            // The last bucket placed stands in nobody's way, so its place can just be emptied.
            let mask = places.count - 1
            var place = Int(truncatingIfNeeded: last.key.mixed(last.index)) & mask
            while places[place] & 0xffff_ffff != UInt64(buckets.count + 1) {
                place = (place + 1) & mask
            }
            places[place] = 0
        }
    }
}
