/// Sorts words that have a slot in their upper half, in time that grows with their number alone.
enum SlotOrder {
    private static let digitBits = 11
    private static let digitCount = 1 << digitBits

    /// The words by slot, of which no two have the same; `slotCount` is more than any of them.
    static func sorted(_ words: [UInt64], slotCount: Int) -> [UInt64] {
        // A few are sorted before a table would be cleared.
        guard words.count > 64 else { return words.sorted() }
        var words = words
        var other = [UInt64](repeating: 0, count: words.count)
        let slotBits = Int.bitWidth - slotCount.leadingZeroBitCount
        for digit in 0..<(slotBits + digitBits - 1) / digitBits {
            let shift = UInt64(32 + digit * digitBits)
            var starts = [Int](repeating: 0, count: digitCount + 1)
            for word in words { starts[1 + Int(word >> shift) & (digitCount - 1)] += 1 }
            for index in 1...digitCount { starts[index] += starts[index - 1] }
            for word in words {
                let index = Int(word >> shift) & (digitCount - 1)
                other[starts[index]] = word
                starts[index] += 1
            }
            swap(&words, &other)
        }
        return words
    }
}
