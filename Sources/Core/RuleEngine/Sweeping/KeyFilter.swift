/// Which keys some rows have, by their hashes: says no only where none has the key.
///
/// Each worker makes a slice of it, so that nothing is shared while it is made.
struct KeyFilter: Sendable {
    private let slices: [[Bool]]
    private let shift: UInt64
    private let mask: UInt64

    init(_ rows: [KeyedRows], by workers: some SweepWorkers) {
        let count = rows.rowCount
        var bits: UInt64 = 12
        while bits < 25, 1 << bits < count * 8 { bits += 1 }
        let sliceBits: UInt64 = count < 1 << 16 ? 0 : 1
        let shift = bits - sliceBits
        let mask: UInt64 = 1 << bits - 1
        self.shift = shift
        self.mask = mask
        slices = workers.map(Array(0..<(UInt64(1) << sliceBits))) { slice in
            var present = [Bool](repeating: false, count: 1 << Int(shift))
            for list in rows {
                for row in list.all where (row.hash & mask) >> shift == slice {
                    present[Int(row.hash & (1 << shift - 1))] = true
                }
            }
            return present
        }
    }

    /// Whether a row may have a key with such a hash.
    @inline(__always)
    func mayHold(_ hash: UInt64) -> Bool {
        slices[Int((hash & mask) >> shift)][Int(hash & (1 << shift - 1))]
    }
}
