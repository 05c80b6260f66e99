/// Rows with the hashes of their keys, those whose hashes begin with the same bits side by side.
struct KeyedRows: Sendable {
    struct Row: Sendable {
        let hash: UInt64
        /// The row, and in the sign whether it is not sure.
        private let signed: Int32
        /// The place of its stretch among those beside the rows; 0 where there are none.
        var place: Int32 = 0

        init(hash: UInt64, row: Int32, isSure: Bool) {
            self.hash = hash
            signed = isSure ? row : ~row
        }

        var row: Int32 { signed < 0 ? ~signed : signed }
        /// Of a judged row, whether the filter holds; of a window's, whether the window's does.
        var isSure: Bool { signed >= 0 }
    }

    /// When a row begins and ends, or where a judged row looks, in grains; both included.
    struct Stretch: Sendable {
        let low: Int64
        let high: Int64
    }

    private let rows: [Row]
    /// By row; empty where time does not matter.
    private let stretches: [Stretch]
    /// Where each part begins.
    private let starts: [Int32]

    var count: Int { rows.count }

    /// By how many bits of their keys rows are parted, for so many in a part.
    static func bits(_ count: Int, ofPart most: Int) -> Int {
        var bits = 0
        while bits < 8, count >> bits > most { bits += 1 }
        return bits
    }

    /// Rows parted by the first bits of their hashes; each part keeps their order.
    init(_ unsorted: [Row], _ stretches: [Stretch] = [], bits: Int) {
        guard bits > 0 else {
            rows = unsorted
            self.stretches = stretches
            starts = [0, Int32(truncatingIfNeeded: unsorted.count)]
            return
        }
        let shift = UInt64(64 - bits)
        var starts = [Int32](repeating: 0, count: 1 << bits + 1)
        for row in unsorted { starts[Int(row.hash >> shift) + 1] += 1 }
        for part in 1..<starts.count { starts[part] += starts[part - 1] }
        var next = starts
        var rows = [Row](
            repeating: Row(hash: 0, row: 0, isSure: false), count: unsorted.count)
        var parted = [Stretch](repeating: Stretch(low: 0, high: 0), count: stretches.count)
        for (place, row) in unsorted.enumerated() {
            let part = Int(row.hash >> shift)
            rows[Int(next[part])] = row
            if !stretches.isEmpty { parted[Int(next[part])] = stretches[place] }
            next[part] += 1
        }
        self.rows = rows
        self.stretches = parted
        self.starts = starts
    }

    /// Adds a part to those of other lists, each row with the place of its stretch.
    func add(_ part: Int, to rows: inout [Row], _ stretches: inout [Stretch]) {
        let places = Int(starts[part])..<Int(starts[part + 1])
        guard !self.stretches.isEmpty else {
            rows += self.rows[places]
            return
        }
        for place in places {
            var row = self.rows[place]
            row.place = Int32(truncatingIfNeeded: stretches.count)
            rows.append(row)
            stretches.append(self.stretches[place])
        }
    }

    var all: [Row] { rows }
}

extension [KeyedRows] {
    var rowCount: Int { reduce(0) { $0 + $1.count } }

    /// One part of all lists, and the stretches of its rows.
    func part(_ part: Int) -> (rows: [KeyedRows.Row], stretches: [KeyedRows.Stretch]) {
        var rows: [KeyedRows.Row] = []
        var stretches: [KeyedRows.Stretch] = []
        for list in self { list.add(part, to: &rows, &stretches) }
        return (rows, stretches)
    }
}

/// Leaves out what cannot meet enough under its key, counting keys by some bits of their hashes:
/// keys that share them are counted together, so that none is left out that does.
struct KeyMatching {
    var judged: [KeyedRows.Row]
    var found: [KeyedRows.Row]
    /// Whether both sides are the same rows.
    let isSame: Bool

    /// Keeps judged rows that find at least so many under their keys, and what these find.
    mutating func keep(atLeast least: Int) {
        var turn: UInt64 = 0
        while turn <= 34, !found.isEmpty {
            let before = judged.count
            keep(atLeast: least, turn)
            guard judged.count * 10 < before * 9 else { return }
            turn += 17
        }
    }

    private mutating func keep(atLeast least: Int, _ turn: UInt64) {
        var size = 1 << 8
        while size < found.count * 2 { size *= 2 }
        let mask = UInt64(size - 1)
        var counts = [UInt8](repeating: 0, count: size)
        for row in found {
            let slot = Int(row.hash >> turn & mask)
            // A row that is not sure may stand for any number.
            if !row.isSure {
                counts[slot] = 255
            } else if counts[slot] < 255 {
                counts[slot] += 1
            }
        }
        judged = judged.filter { counts[Int($0.hash >> turn & mask)] >= least }
        guard !isSame else {
            found = judged
            return
        }
        for slot in counts.indices { counts[slot] = 0 }
        for row in judged { counts[Int(row.hash >> turn & mask)] = 1 }
        found = found.filter { counts[Int($0.hash >> turn & mask)] == 1 }
    }
}
