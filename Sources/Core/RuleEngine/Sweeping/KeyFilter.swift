/// Counts keys by their hashes, several of them together: what it counts too few of are few.
///
/// Each worker has a slice of the hashes, so that nothing is shared while it is made.
struct KeyFilter: Sendable {
    private let slices: [[UInt8]]
    private let shift: UInt64
    private let turn: UInt64
    private let mask: UInt64

    /// Counts keys; `turn` is by how many bits hashes are turned, so that a second filter has
    /// others.
    ///
    /// Rows that are not sure count for many.
    init(_ rows: [[RuleSweep.Keyed]], turn: UInt64, by workers: some SweepWorkers) {
        let count = rows.reduce(0) { $0 + $1.count }
        var bits: UInt64 = 12
        while bits < 25, 1 << bits < count * 4 { bits += 1 }
        let sliceBits: UInt64 = count < 1 << 16 ? 0 : 3
        let shift = bits - sliceBits
        let mask: UInt64 = 1 << bits - 1
        let slots = 1 << Int(shift)
        self.shift = shift
        self.turn = turn
        self.mask = mask
        slices = workers.map(Array(0..<(UInt64(1) << sliceBits))) { slice in
            var counts = [UInt8](repeating: 0, count: slots)
            for list in rows {
                for row in list {
                    let place = row.hash >> turn & mask
                    guard place >> shift == slice else { continue }
                    let slot = Int(truncatingIfNeeded: place) & (slots - 1)
                    if !row.isSure {
                        counts[slot] = 255
                    } else if counts[slot] < 255 {
                        counts[slot] += 1
                    }
                }
            }
            return counts
        }
    }

    /// How many keys were counted with such a hash, at most 255 and none too few below that.
    @inline(__always)
    func count(_ hash: UInt64) -> Int {
        let place = hash >> turn & mask
        let slot = Int(truncatingIfNeeded: place & (1 << shift - 1))
        return Int(slices[Int(place >> shift)][slot])
    }
}
