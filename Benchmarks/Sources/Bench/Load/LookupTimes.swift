/// How long look-ups at a pace took, and between them questions of the same way with nothing to
/// look up: what those take, the sockets, the threads and the machine's host do.
struct LookupTimes {
    /// In milliseconds, in the order in which they were due.
    var all: [Double]

    /// So many look-ups are due, then so many of the others, then look-ups again: what disturbs the
    /// machine for longer disturbs both.
    private static let sliceCount = 1_000

    /// Whether the question of this number has nothing to look up.
    static func isEmpty(_ number: Int) -> Bool {
        number / sliceCount % 2 == 1
    }

    /// Those from the `first` one on that look something up, or that do not, from the quickest to
    /// the slowest.
    func sorted(from first: Int, empty: Bool = false) -> [Double] {
        (first..<all.count).lazy.filter { Self.isEmpty($0) == empty }.map { all[$0] }.sorted()
    }
}
