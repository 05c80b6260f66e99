internal import TestSupport
internal import Testing

@testable import Ledger

@Suite("Slots in order")
struct SlotOrderTests {
    /// Against sorting: with one digit, with several, and where slots fill the last of them.
    @Test(arguments: [1, 64, 65, 2_047, 2_048, 2_049, 100_000, 1 << 22, 1 << 32])
    func wordsStandBySlot(slotCount: Int) {
        var random = SplitMix(seed: UInt64(slotCount))
        var slots: Set<UInt64> = [UInt64(slotCount) - 1]
        for _ in 0..<3_000 { slots.insert(random.next() % UInt64(slotCount)) }
        let words = slots.map { $0 << 32 | random.next() & 0xffff_ffff }
        #expect(SlotOrder.sorted(words, slotCount: slotCount) == words.sorted())
    }
}
