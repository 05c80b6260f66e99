/// The words of rows that an index carries beside when they begin: where many rows share a key,
/// windows read these one after another instead of the rows, which lie far apart.
struct CarriedWords: Sendable {
    /// The words of one row.
    struct Row: Sendable {
        var words = InlineArray<6, Int64>(repeating: 0)
    }

    /// Where the words stand in a row; the first says what is known of it.
    private(set) var offsets = [0]

    /// Takes in words at these offsets, all or none, and says whether they are carried.
    mutating func take(_ wanted: some Sequence<Int>) -> Bool {
        var taken = offsets
        for offset in wanted where !taken.contains(offset) { taken.append(offset) }
        guard taken.count <= InlineArray<6, Int64>.count else { return false }
        offsets = taken
        return true
    }

    /// By offset in rows so wide, which of the words it is; -1 where it is not carried.
    func slots(width: Int) -> [Int8] {
        (0..<width).map { offset in
            offsets.firstIndex(of: offset).map { Int8(truncatingIfNeeded: $0) } ?? -1
        }
    }
}

extension RowStore {
    /// The words of a row that an index carries.
    func carried(_ carried: CarriedWords, of row: Int32) -> CarriedWords.Row {
        let start = heads[Int(row)].start
        var made = CarriedWords.Row()
        for slot in carried.offsets.indices {
            made.words[slot] = words[start + carried.offsets[slot]]
        }
        return made
    }
}
