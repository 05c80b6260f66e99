/// When each batch of a load was committed, in seconds since the first was sent.
struct CommitTimes: Sendable {
    private let times: [Double]

    init(_ times: [Double]) {
        self.times = times.sorted()
    }

    /// Until the last one was committed.
    var seconds: Double { times.last ?? 0 }

    /// How many batches a second were committed in each tenth of the load.
    var rates: [Double] {
        (0..<10).map { tenth in
            let (first, end) = (times.count * tenth / 10, times.count * (tenth + 1) / 10)
            guard end > first else { return 0 }
            let start = first == 0 ? 0 : times[first - 1]
            return Double(end - first) / max(times[end - 1] - start, .leastNonzeroMagnitude)
        }
    }
}
