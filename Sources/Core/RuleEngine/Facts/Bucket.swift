/// What is kept under one key of one index: rows in the order of time, and who watches for more.
struct Bucket: Sendable {
    typealias Chunk = ChunkArena<IntervalItem>.Chunk
    typealias WatcherChunk = ChunkArena<Watcher>.Chunk

    let index: Int32
    let key: IndexKey
    var items = Chunk()
    /// What the index carries of the same rows, place by place.
    var carried = ChunkArena<CarriedWords.Row>.Chunk()
    /// Rows that begin at no known time or have always been there, by place on the ledger.
    var unbounded = Chunk()
    /// The longest row bounds how far back a search for overlaps goes.
    var longest: Int64 = 0
    /// Watchers of stretches with two ends, by the first.
    var watchers = WatcherChunk()
    /// Watchers without an end on one side.
    var loose = WatcherChunk()
    var longestWatch: Int64 = 0
    /// The last leaf of which a row was judged that watches here.
    var lastLeaf: UInt64 = 0
    /// Whether any watcher cares for rows that come later on the ledger.
    var watchesLater = false
    /// Whether more rows came than are kept.
    var isOverfull = false
    /// The next bucket of the index with the same patient, or -1.
    var next: Int32 = -1

    init(index: Int32, key: IndexKey) {
        self.index = index
        self.key = key
    }
}

/// Up to three key parts, by their numbers.
struct IndexKey: Hashable, Sendable {
    private(set) var first: Int32 = -1
    private(set) var second: Int32 = -1
    private(set) var third: Int32 = -1

    mutating func set(_ place: Int, _ symbol: Int64) {
        let symbol = Int32(truncatingIfNeeded: symbol)
        switch place {
        case 0: first = symbol
        case 1: second = symbol
        default: third = symbol
        }
    }

    func part(_ place: Int) -> Int32 {
        switch place {
        case 0: first
        case 1: second
        default: third
        }
    }

    /// Bits that differ between keys; the parts are numbers that the engine gave, so nobody can
    /// choose many keys with the same ones.
    func mixed(_ index: Int32) -> UInt64 {
        var word = UInt64(UInt32(bitPattern: first)) | UInt64(UInt32(bitPattern: second)) << 32
        word ^= UInt64(UInt32(bitPattern: third)) &* 0x9e37_79b9_7f4a_7c15
        word ^= UInt64(UInt32(bitPattern: index)) << 57
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }
}
