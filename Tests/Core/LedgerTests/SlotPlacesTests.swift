internal import TestSupport
internal import Testing

@testable import Ledger

@Suite("Where a block's slots stand among its changes")
struct SlotPlacesTests {
    /// Against a dictionary, with slots at the edges of pages among them.
    @Test(arguments: [1, 255, 256, 257, 10_000])
    func everySlotIsFoundWhereItWasNoted(slotCount: Int) {
        var random = SplitMix(seed: UInt64(slotCount))
        var table = SlotPlaces(slotCount: slotCount)
        var right: [UInt32: Int] = [:]
        for place in 0..<500 {
            let slot = UInt32(random.next() % UInt64(slotCount))
            guard right[slot] == nil else { continue }
            right[slot] = place
            table.note(place, of: slot)
        }
        for slot in 0..<UInt32(slotCount + 600) {
            #expect(table[slot] == right[slot], "slot \(slot) of \(slotCount)")
        }
    }
}
