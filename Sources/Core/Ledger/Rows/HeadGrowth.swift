internal import Cryptography
internal import Primitives

/// The run that a block added to a list's head, as a changes row has it.
///
/// With the head before it, it gives the head after it: a run takes the place of the last peaks,
/// and the others stay. 44 bytes: slot 4, entries of the whole list 8, the last peak 32.
struct HeadGrowth: Hashable {
    let slot: Int
    /// How many entries the list has with this run.
    let total: UInt64
    let peak: Digest

    static let byteCount = 44

    func append(to bytes: inout [UInt8]) {
        for shift in stride(from: 24, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: slot >> shift))
        }
        bytes.appendBigEndian(total)
        bytes.append(peak)
    }

    /// The growths that lie one behind the other; nil where the bytes are none.
    static func list(_ bytes: ArraySlice<UInt8>) -> [HeadGrowth]? {
        guard bytes.count.isMultiple(of: byteCount) else { return nil }
        var list: [HeadGrowth] = []
        list.reserveCapacity(bytes.count / byteCount)
        for start in stride(from: bytes.startIndex, to: bytes.endIndex, by: byteCount) {
            let slot = Int(bytes[start...].bigEndian(at: 0, as: UInt32.self))
            guard let peak = Digest(bytes[start + 12..<start + byteCount]) else { return nil }
            list.append(
                HeadGrowth(slot: slot, total: bytes[start...].bigEndian(at: 4), peak: peak))
        }
        return list
    }

    /// The bytes of the head after the run, whose block is at `height`.
    ///
    /// - Returns: nil where the bytes before it are no head's.
    func head(after before: [UInt8], at height: Height) -> [UInt8]? {
        guard before.count >= HeadCounts.byteCount else { return nil }
        let runs = before.bigEndian(at: 0)
        var counts = HeadCounts(runs: runs, total: total, lastHeight: height)
        guard before.count == HeadCounts.byteCount + Digest.byteCount * counts.peakCount,
            runs < UInt64.max
        else { return nil }
        let kept = before.count - Digest.byteCount * counts.completedByNext
        counts.runs += 1
        var after: [UInt8] = []
        after.reserveCapacity(kept + Digest.byteCount)
        counts.append(to: &after)
        after += before[HeadCounts.byteCount..<kept]
        after.append(peak)
        return after
    }
}
