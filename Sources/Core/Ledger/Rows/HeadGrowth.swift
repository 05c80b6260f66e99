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
        bytes.append(bigEndian: UInt32(truncatingIfNeeded: slot))
        bytes.append(bigEndian: total)
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

    /// What the head says after the run, whose block is at `height`; nil where no head can have
    /// been before it.
    func counts(after before: HeadCounts, at height: Height) -> HeadCounts? {
        guard before.runs < UInt64.max else { return nil }
        return HeadCounts(runs: before.runs + 1, total: total, lastHeight: height)
    }
}
