internal import Primitives
internal import Testing

@testable import Storage

@Suite("RowKey")
struct RowKeyTests {
    @Test func isHeightThenKindThenNumber() {
        let key = RowKey(Height(0x0102), kind: 7, number: 0x0304)
        #expect(key.bytes.hex == "0000000000000102" + "07" + "0000000000000304")
        #expect(RowKey(key.bytes) == key)
        #expect(RowKey(Array(key.bytes.dropLast())) == nil)
    }

    @Test func sortsAsHeightKindNumber() {
        let sorted = [
            RowKey(Height(1), kind: 2, number: .max), RowKey(Height(2), kind: 1, number: 9),
            RowKey(Height(2), kind: 1, number: 256), RowKey(Height(2), kind: 2, number: 0),
            RowKey(Height(256), kind: 0, number: 0),
        ].map(\.bytes)
        for index in 1..<sorted.count {
            #expect(sorted[index - 1].lexicographicallyPrecedes(sorted[index]))
        }
    }

    @Test func rangesHoldTheirHeightsAndKinds() {
        func holds(_ range: KeyRange, _ key: RowKey) -> Bool {
            unsafe range.contains(key.bytes.span.bytes)
        }
        let heights = KeyRange.heights(Height(2)..<Height(4))
        #expect(!holds(heights, RowKey(Height(1), kind: 255, number: .max)))
        #expect(holds(heights, RowKey(Height(2), kind: 0)))
        #expect(holds(heights, RowKey(Height(3), kind: 255, number: .max)))
        #expect(!holds(heights, RowKey(Height(4), kind: 0)))
        let rows = KeyRange.rows(Height(2), kind: 255)
        #expect(holds(rows, RowKey(Height(2), kind: 255, number: .max)))
        #expect(!holds(rows, RowKey(Height(2), kind: 254, number: .max)))
        #expect(!holds(rows, RowKey(Height(3), kind: 0)))
    }
}
