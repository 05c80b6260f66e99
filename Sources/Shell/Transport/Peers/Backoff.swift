/// How long to wait before dialling again: doubling from a tenth of a second to a cap.
struct Backoff: Sendable {
    private let capMilliseconds: Int64
    private var nextMilliseconds: Int64 = Backoff.first

    private static let first: Int64 = 100

    init(capMilliseconds: Int64 = 3_000) {
        self.capMilliseconds = capMilliseconds
    }

    /// The wait before the next attempt, in milliseconds.
    mutating func next() -> Int64 {
        defer { nextMilliseconds = min(nextMilliseconds * 2, capMilliseconds) }
        return min(nextMilliseconds, capMilliseconds)
    }

    mutating func reset() {
        nextMilliseconds = Backoff.first
    }
}
