/// A share with the bounds between which it lies with 95 % confidence, in parts per million.
///
/// Source: Wilson, Journal of the American Statistical Association 22 (1927), 209–212.
public struct Wilson: Sendable, Equatable, Encodable {
    public let hits: Int
    public let of: Int
    /// Nil where there was nothing to hit.
    public let share: Int?
    public let low: Int
    public let high: Int

    private static let million = 1_000_000

    /// So many hits of so many tries, neither negative, hits not more than tries.
    public init(_ hits: Int, of tries: Int) {
        self.hits = hits
        of = tries
        guard tries > 0 else {
            share = nil
            low = 0
            high = Wilson.million
            return
        }
        share = hits * Wilson.million / tries
        // z = 1.96, so z² = 3.8416; all is multiplied by 10,000 so that it stays whole.
        let scale = 10_000
        let square = 38_416
        let below = tries * scale + square
        let middle = hits * scale + square / 2
        let spread = hits * (tries - hits) * scale / tries * scale + square * scale / 4
        let half = Wilson.root(spread / scale * square)
        low = max(middle - half, 0) * Wilson.million / below
        high = min(middle + half, below) * Wilson.million / below
    }

    /// The largest whole number whose square is not greater.
    static func root(_ number: Int) -> Int {
        guard number > 0 else { return 0 }
        var guess = 1 << ((number.bitWidth - number.leadingZeroBitCount + 1) / 2)
        while true {
            let next = (guess + number / guess) / 2
            if next >= guess { return guess }
            guess = next
        }
    }
}
