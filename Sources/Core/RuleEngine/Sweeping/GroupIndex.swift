internal import Primitives

/// The rows of a window by key and by when they begin.
struct GroupIndex: Sendable {
    struct Entry: Sendable {
        let hash: UInt64
        let low: Int64
        let high: Int64
        let row: Int32
        /// Bit 0: whether it is in doubt if the window's filter admits the row.
        ///
        /// Above, two bits for each demand: what it says of the row.
        let flags: UInt8

        func precedes(_ other: Entry) -> Bool {
            if hash != other.hash { return hash < other.hash }
            if low != other.low { return low < other.low }
            return row < other.row
        }
    }

    /// The entries whose hashes begin with the same bits.
    struct Part: Sendable {
        let entries: [Entry]
        /// Where the entries begin whose hashes go on with these bits.
        private let starts: [Int32]
        private let skip: UInt64
        private let shift: UInt64
        private let longest: Int64

        init(_ unsorted: [Entry], skippingBits skip: Int) {
            var bits: UInt64 = 1
            while 1 << bits < unsorted.count { bits += 1 }
            self.skip = UInt64(skip)
            shift = 64 - bits
            var starts = [Int32](repeating: 0, count: (1 << Int(bits)) + 1)
            for entry in unsorted { starts[Int((entry.hash << self.skip) >> shift) + 1] += 1 }
            for place in 1..<starts.count { starts[place] += starts[place - 1] }
            var next = starts
            var entries = [Entry](
                repeating: Entry(hash: 0, low: 0, high: 0, row: 0, flags: 0),
                count: unsorted.count)
            var longest: Int64 = 0
            for entry in unsorted {
                let place = Int((entry.hash << self.skip) >> shift)
                entries[Int(next[place])] = entry
                next[place] += 1
                guard entry.low != .min else { continue }
                let length = entry.high.subtractingReportingOverflow(entry.low)
                longest = max(longest, length.overflow ? .max : length.partialValue)
            }
            Self.sort(&entries, starts)
            self.entries = entries
            self.starts = starts
            self.longest = longest
        }

        private static func sort(_ entries: inout [Entry], _ starts: [Int32]) {
            for bucket in 0..<(starts.count - 1) {
                let (first, end) = (Int(starts[bucket]), Int(starts[bucket + 1]))
                guard end - first > 1 else { continue }
                guard end - first <= 24 else {
                    entries[first..<end].sort { $0.precedes($1) }
                    continue
                }
                for place in (first + 1)..<end {
                    let entry = entries[place]
                    var last = place
                    while last > first, entry.precedes(entries[last - 1]) {
                        entries[last] = entries[last - 1]
                        last -= 1
                    }
                    entries[last] = entry
                }
            }
        }

        /// The places of the entries under a key.
        func places(_ hash: UInt64) -> Range<Int> {
            let bucket = Int((hash << skip) >> shift)
            let all = Int(starts[bucket])..<Int(starts[bucket + 1])
            if all.count <= 16 {
                var start = all.lowerBound
                while start < all.upperBound, entries[start].hash < hash { start += 1 }
                var end = start
                while end < all.upperBound, entries[end].hash == hash { end += 1 }
                return start..<end
            }
            let start = all.partitioningIndex { entries[$0].hash >= hash }
            let end = (start..<all.upperBound).partitioningIndex { entries[$0].hash > hash }
            return start..<end
        }

        /// Of the places under a key, those that begin at no known time.
        func unbounded(_ places: Range<Int>) -> Range<Int> {
            places.lowerBound..<places.partitioningIndex { entries[$0].low > .min }
        }

        /// Of the places under a key, those that begin in the stretch, or that may share a moment
        /// with it.
        func within(
            _ places: Range<Int>, low: Int64, high: Int64, overlaps: Bool
        ) -> Range<Int> {
            // What begins at no known time stands apart, at the least of all times.
            let (reach, overflow) = low.subtractingReportingOverflow(overlaps ? longest : 0)
            let earliest = overflow ? .min + 1 : max(reach, .min + 1)
            return places.beginning(low: earliest, high: high) { entries[$0].low }
        }
    }

    private let parts: [Part]
    private let bits: Int

    /// Parts by the first bits of their keys' hashes.
    init(_ parts: [Part], bits: Int) {
        self.parts = parts
        self.bits = bits
    }

    func part(_ hash: UInt64) -> Part {
        bits == 0 ? parts[0] : parts[Int(hash >> UInt64(64 - bits))]
    }

    /// How many entries there are for each key, roughly.
    var entriesOfKey: Int {
        var keys = 1
        var seen = 0
        guard let part = parts.first else { return 1 }
        for place in part.entries.indices.dropFirst() {
            seen += 1
            if part.entries[place].hash != part.entries[place - 1].hash { keys += 1 }
            if seen > 20_000 { break }
        }
        return (seen + 1) / keys
    }
}
