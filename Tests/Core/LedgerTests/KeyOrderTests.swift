internal import Primitives
internal import TestSupport
internal import Testing

@testable import Ledger

@Suite("The order of a map's keys")
struct KeyOrderTests {
    /// Against sorting: few and many at once, runs that are parted, keys that begin alike.
    @Test(arguments: [1, 3, 700, 5_000])
    func slotsThatComeInStandWhereSortingPutsThem(countMax: Int) {
        var random = SplitMix(seed: UInt64(countMax))
        var keys = [Digest.zero]
        var order = KeyOrder(of: keys)
        for round in 0..<20 {
            let count = Int(random.next() % UInt64(countMax)) + 1
            let added = (0..<count).map { _ in
                // Every other round the first eight bytes say nothing.
                let first = round.isMultiple(of: 2) ? random.next() : 7
                return Digest(words: (first, random.next(), random.next(), random.next()))
            }
            let first = keys.count
            keys += added
            order.insert(
                KeyOrder.sorted(added).map { UInt32(first + $0) }, in: keys)
            let right = keys.indices.sorted { keys[$0] < keys[$1] }.map { UInt32($0) }
            #expect(order.slots == right, "seed \(countMax), round \(round)")
            let probe = Digest(words: (7, random.next(), 0, 0))
            let below = right.last { keys[Int($0)] < probe }
            #expect(order.predecessor(of: probe, in: keys) == below, "seed \(countMax)")
        }
    }
}
