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

    /// Where rows are and where they look, as far as that tells which of them meet.
    struct Meeting {
        /// Where judged rows look, and when the rows found are; empty where time does not matter.
        let sought: [KeyedRows.Stretch]
        let times: [KeyedRows.Stretch]
        /// Whether rows meet that share a moment, and not only those that begin there.
        let overlaps: Bool
        /// Whether a judged row does not meet itself, and whether it meets earlier rows alone.
        let isOther: Bool
        let isEarlier: Bool
    }

    /// Keeps judged rows that meet at least so many, and all rows found that share a key with
    /// one of them; those whose keys many share are kept unseen.
    mutating func keep(atLeast least: Int, _ meeting: Meeting) {
        guard !judged.isEmpty else {
            found = []
            return
        }
        var bits: UInt64 = 1
        while 1 << bits < found.count { bits += 1 }
        let mask = UInt64(1) << bits - 1
        // Parts are told apart by the first bits of hashes, so these are told apart by the last.
        var starts = [Int32](repeating: 0, count: 1 << Int(bits) + 1)
        for row in found { starts[Int(row.hash & mask) + 1] += 1 }
        for slot in 1..<starts.count { starts[slot] += starts[slot - 1] }
        var next = starts
        var sorted = found
        for row in found {
            let slot = Int(row.hash & mask)
            sorted[Int(next[slot])] = row
            next[slot] += 1
        }
        var isWanted = [Bool](repeating: false, count: 1 << Int(bits))
        judged = judged.filter { row in
            let slot = Int(row.hash & mask)
            let places = Int(starts[slot])..<Int(starts[slot + 1])
            if isSame, places.count == 1, meeting.isOther { return false }
            let isKept =
                places.count > KeyMatching.rowsOfKeyMax
                || meets(least, row, sorted, places, meeting)
            if isKept { isWanted[slot] = true }
            return isKept
        }
        found = found.filter { isWanted[Int($0.hash & mask)] }
    }

    private static let rowsOfKeyMax = 64

    @inline(__always)
    private func meets(
        _ least: Int, _ row: KeyedRows.Row, _ sorted: [KeyedRows.Row], _ places: Range<Int>,
        _ meeting: Meeting
    ) -> Bool {
        let sought =
            meeting.sought.isEmpty
            ? KeyedRows.Stretch(low: .min, high: .max) : meeting.sought[Int(row.place)]
        var count = 0
        for place in places where sorted[place].hash == row.hash {
            let other = sorted[place]
            if meeting.isEarlier ? other.row >= row.row : meeting.isOther && other.row == row.row {
                continue
            }
            // A row that is not sure may stand for any number.
            guard other.isSure else { return true }
            if !meeting.times.isEmpty {
                let time = meeting.times[Int(other.place)]
                let last = meeting.overlaps ? time.high : time.low
                guard last >= sought.low, time.low <= sought.high else { continue }
            }
            count += 1
            if count >= least { return true }
        }
        return false
    }
}
