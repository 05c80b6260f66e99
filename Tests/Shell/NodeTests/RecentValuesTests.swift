internal import Testing

@testable import Node

@Suite("What was read last")
struct RecentValuesTests {
    @Test func keepsTheLastValuesThatCostNoMoreThanTheLimit() {
        var recent = RecentValues<Int, String>(costMax: 10)
        for number in 0..<1_000 {
            recent.keep("\(number)", for: number, cost: 1 + number % 4)
            #expect(recent[number] == "\(number)")
            var cost = 0
            for earlier in (0...number).reversed() {
                cost += 1 + earlier % 4
                let isKept = cost <= 10
                #expect(recent[earlier] == (isKept ? "\(earlier)" : nil))
                if !isKept { break }
            }
        }
    }

    @Test func oneThatCostsMoreThanTheLimitStaysUntilTheNextComes() {
        var recent = RecentValues<Int, Int>(costMax: 10)
        recent.keep(1, for: 1, cost: 4)
        recent.keep(2, for: 2, cost: 40)
        #expect(recent[1] == nil && recent[2] == 2)
        recent.keep(3, for: 3, cost: 4)
        #expect(recent[2] == nil && recent[3] == 3)
    }

    @Test func aValueTakesThePlaceOfItsFormerOne() {
        var recent = RecentValues<Int, Int>(costMax: 10)
        recent.keep(1, for: 1, cost: 8)
        recent.keep(2, for: 1, cost: 2)
        recent.keep(3, for: 2, cost: 8)
        #expect(recent[1] == 2 && recent[2] == 3)
        recent.keep(4, for: 3, cost: 1)
        #expect(recent[1] == nil && recent[2] == 3 && recent[3] == 4)
    }
}
