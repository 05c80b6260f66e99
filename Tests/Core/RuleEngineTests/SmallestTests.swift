import TestSupport
import Testing

@testable import RuleEngine

@Suite("The element at a place in order")
struct SmallestTests {
    @Test("is that of the sorted array, whatever the order", arguments: 0..<8)
    func asSorted(seed: UInt64) {
        var random = SplitMix(seed: seed)
        for count in [1, 2, 16, 17, 18, 40, 257, 1_000] {
            let spread = [1, 3, 50, UInt64.max][Int(seed % 4)]
            let values = (0..<count).map { _ in Int64(bitPattern: random.next() % spread) }
            let sorted = values.sorted()
            for place in [0, count / 3, count / 2, count - 1] {
                var shuffled = values
                #expect(
                    shuffled.smallest(place) == sorted[place],
                    "seed \(seed), place \(place) of \(count)")
            }
        }
    }

    @Test("is found in what is sorted already, either way, and in equal elements")
    func orders() {
        let rising = (0..<500).map { Int64($0) }
        for values in [rising, Array(rising.reversed()), Array(repeating: Int64(7), count: 500)] {
            for place in [0, 1, 250, 499] {
                var left = values
                #expect(left.smallest(place) == values.sorted()[place])
            }
        }
    }
}
