/// How long look-ups at a pace took, and between them questions that go the same way and are
/// refused at its end: what those take, the sockets, the threads and the machine's host do.
struct LookupTimes {
    /// In milliseconds, in the order in which they were due.
    var all: [Double]

    /// So many look-ups are due, then so many of the others, then look-ups again: what disturbs the
    /// machine for longer disturbs both.
    private static let sliceCount = 10_000
    /// So many of the others are not counted, since they may wait for look-ups before them.
    private static let waitingCount = 250

    /// Whether the question of this number has nothing to look up.
    static func isEmpty(_ number: Int) -> Bool {
        number / sliceCount % 2 == 1
    }

    /// Look-ups from the `first` one on, from the quickest to the slowest.
    func lookups(from first: Int) -> [Double] {
        (first..<all.count).lazy.filter { !Self.isEmpty($0) }.map { all[$0] }.sorted()
    }

    /// The others from the `first` one on, from the quickest to the slowest.
    func others(from first: Int) -> [Double] {
        (first..<all.count).lazy.filter {
            Self.isEmpty($0) && $0 % Self.sliceCount >= Self.waitingCount
        }.map { all[$0] }.sorted()
    }
}
