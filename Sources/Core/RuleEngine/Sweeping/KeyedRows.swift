/// Rows with the hashes of their keys, those whose hashes begin with the same bits side by side.
struct KeyedRows: Sendable {
    struct Row: Sendable {
        let hash: UInt64
        /// The row, and in the sign whether it is not sure.
        private var signed: Int32
        /// The place of its stretch among those beside the rows; 0 where there are none.
        var place: Int32 = 0

        init(hash: UInt64, row: Int32, isSure: Bool) {
            self.hash = hash
            signed = isSure ? row : ~row
        }

        var row: Int32 { signed < 0 ? ~signed : signed }
        /// Of a judged row, whether the filter holds; of a window's, whether the window's does.
        var isSure: Bool {
            get { signed >= 0 }
            set { if newValue != isSure { signed = ~signed } }
        }
    }

    /// When a row begins and ends, or where a judged row looks, in grains; both included.
    struct Stretch: Sendable {
        let low: Int64
        let high: Int64
    }

    private let rows: [Row]
    /// By row; empty where time does not matter.
    private let stretches: [Stretch]
    /// When judged rows begin and end themselves, by row; empty where nobody asks.
    private let own: [Stretch]
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
    init(_ unsorted: [Row], _ stretches: [Stretch] = [], own: [Stretch] = [], bits: Int) {
        guard bits > 0 else {
            rows = unsorted
            self.stretches = stretches
            self.own = own
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
        var ownParted = [Stretch](repeating: Stretch(low: 0, high: 0), count: own.count)
        for place in unsorted.indices {
            let part = Int(unsorted[place].hash >> shift)
            let target = Int(next[part])
            rows[target] = unsorted[place]
            if !stretches.isEmpty { parted[target] = stretches[place] }
            if !own.isEmpty { ownParted[target] = own[place] }
            next[part] += 1
        }
        self.rows = rows
        self.stretches = parted
        self.own = ownParted
        self.starts = starts
    }

    /// Adds a part to those of other lists, each row with the place of its stretch.
    fileprivate func add(_ part: Int, to found: inout Part) {
        let places = Int(starts[part])..<Int(starts[part + 1])
        guard !stretches.isEmpty else {
            found.rows += rows[places]
            return
        }
        for place in places {
            var row = rows[place]
            row.place = Int32(truncatingIfNeeded: found.rows.count)
            found.rows.append(row)
        }
        found.stretches += stretches[places]
        if !own.isEmpty { found.own += own[places] }
    }

    /// The rows of one part, and beside them where they look and when they are.
    struct Part {
        fileprivate(set) var rows: [Row] = []
        fileprivate(set) var stretches: [Stretch] = []
        fileprivate(set) var own: [Stretch] = []
    }

    fileprivate func count(_ part: Int) -> Int { Int(starts[part + 1] - starts[part]) }

    var all: [Row] { rows }
}

extension [KeyedRows] {
    var rowCount: Int { reduce(0) { $0 + $1.count } }

    /// One part of all lists.
    func part(_ part: Int) -> KeyedRows.Part {
        var found = KeyedRows.Part()
        found.rows.reserveCapacity(reduce(0) { $0 + $1.count(part) })
        for list in self { list.add(part, to: &found) }
        return found
    }
}
