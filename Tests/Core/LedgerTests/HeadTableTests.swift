internal import Cryptography
internal import Primitives
internal import TestSupport
internal import Testing

@testable import Ledger

@Suite("Heads in memory that lies together")
struct HeadTableTests {
    /// Against heads one by one; lists grow at different paces, so that stretches change hands.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func everyHeadIsWhatItWouldBeAlone(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        var table = HeadTable()
        var right: [TermHead?] = []
        for height in 1...600 {
            if height % 20 == 1 {
                table.addSlot()
                right.append(nil)
            }
            let slot = Int(random.next() % UInt64(right.count))
            var head = right[slot] ?? TermHead()
            for run in 0...(random.next() % 9) {
                head.append(
                    runLeaf: Digest(words: (random.next(), run, 0, 0)), entryCount: 2,
                    height: Height(UInt64(height)))
            }
            if right[slot] == nil || random.next().isMultiple(of: 2) {
                table.set(slot, head.counts, peaks: [.zero] + head.runs.peaks, from: 1)
            } else {
                head = try #require(right[slot])
                let leaf = Digest(words: (random.next(), 1, 1, 1))
                head.append(runLeaf: leaf, entryCount: 3, height: Height(UInt64(height)))
                table.grow(slot, to: head.counts, peak: try #require(head.runs.peaks.last))
            }
            right[slot] = head
            guard height.isMultiple(of: 50) else { continue }
            for (slot, head) in right.enumerated() {
                #expect(table.head(slot) == head, "seed \(seed), slot \(slot)")
                #expect(table.hasHead(slot) == (head != nil))
                guard let head else { continue }
                var bytes: [UInt8] = []
                table.append(slot, to: &bytes)
                #expect(bytes == head.encode())
            }
        }
    }
}
