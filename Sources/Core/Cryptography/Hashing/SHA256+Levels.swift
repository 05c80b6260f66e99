internal import CSHA256
public import Primitives

// The hashes of a tree's level and those of a batch's leaves do not wait for each other: sixteen
// are computed at once where the processor can, or two, and what is over by itself.

extension SHA256 {
    /// Writes the hashes of a level of a tree over the first half of its children.
    ///
    /// Parent `i` of the children `2i` and `2i + 1` stands at `i` then. The last of an odd number
    /// of children stays where it is: what becomes of it differs from tree to tree. Nothing is
    /// allocated.
    public static func replaceByNodes(_ level: inout MutableSpan<Digest>) {
        replaceByNodes(&level, first: level.count, by: .quickest)
    }

    /// The same where only the first `count` elements are children.
    public static func replaceByNodes(_ level: inout MutableSpan<Digest>, first count: Int) {
        replaceByNodes(&level, first: count, by: .quickest)
    }

    /// The hashes of leaves that lie in the same bytes, in the order of their `ranges`.
    public static func leaves(at ranges: [Range<Int>], in bytes: RawSpan) -> [Digest] {
        leaves(at: ranges, in: bytes, by: .quickest)
    }

    static func replaceByNodes(
        _ level: inout MutableSpan<Digest>, first childCount: Int, by engine: HashEngine
    ) {
        precondition((0...level.count).contains(childCount), "a level of \(level.count) nodes")
        let count = childCount / 2
        guard engine != .one else {
            for place in 0..<count {
                level[place] = node(level[2 * place], level[2 * place + 1])
            }
            return
        }
        unsafe level.withUnsafeMutableBufferPointer { level in
            unsafe compress(UnsafeBufferPointer(level), into: level, count: count, by: engine)
        }
    }

    /// A digest lies in memory as its four words, which is how the C takes and gives it.
    private static func compress(
        _ children: UnsafeBufferPointer<Digest>, into parents: UnsafeMutableBufferPointer<Digest>,
        count: Int, by engine: HashEngine
    ) {
        guard
            var from = unsafe UnsafeRawBufferPointer(children)
                .assumingMemoryBound(to: UInt64.self).baseAddress,
            var to = unsafe UnsafeMutableRawBufferPointer(parents)
                .assumingMemoryBound(to: UInt64.self).baseAddress
        else { return }
        var left = count
        while engine == .sixteen, left >= 16 {
            unsafe csha256_sixteen_nodes(to, from)
            unsafe from += 8 * 16
            unsafe to += 4 * 16
            left -= 16
        }
        unsafe csha256_nodes(to, from, left)
    }

    static func leaves(
        at ranges: [Range<Int>], in bytes: RawSpan, by engine: HashEngine
    ) -> [Digest] {
        var hashes = [Digest](repeating: .zero, count: ranges.count)
        // Leaves of one length are hashed together: all wait for the longest.
        var rest = byLength(ranges)[...]
        while engine == .sixteen, rest.count >= 16 {
            let sixteen = rest.prefix(16)
            if isWorthLanes(sixteen.lazy.map { blockCount(ranges[$0]) }) {
                hashSixteen(sixteen, of: ranges, in: bytes, into: &hashes)
            } else {
                hashPairs(sixteen, of: ranges, in: bytes, into: &hashes, by: engine)
            }
            rest = rest.dropFirst(16)
        }
        hashPairs(rest, of: ranges, in: bytes, into: &hashes, by: engine)
        return hashes
    }

    private static func hashPairs(
        _ places: ArraySlice<Int>, of ranges: [Range<Int>], in bytes: RawSpan,
        into hashes: inout [Digest], by engine: HashEngine
    ) {
        var rest = places
        while rest.count >= 2 {
            let (first, second) = (rest.removeFirst(), rest.removeFirst())
            (hashes[first], hashes[second]) = Self.hashes(
                bytes.extracting(ranges[first]), bytes.extracting(ranges[second]),
                areLeaves: true, by: engine)
        }
        if let last = rest.first { hashes[last] = leaf(bytes.extracting(ranges[last])) }
    }

    /// How many blocks a leaf fills, with the byte before it and what ends every message.
    private static func blockCount(_ range: Range<Int>) -> Int { (range.count + 10 + 63) / 64 }

    /// The places of leaves, those of fewer blocks first.
    private static func byLength(_ ranges: [Range<Int>]) -> [Int] {
        let classCount = 64
        func lengthClass(_ range: Range<Int>) -> Int { min(blockCount(range), classCount - 1) }
        var next = [Int](repeating: 0, count: classCount + 1)
        for range in ranges { next[lengthClass(range) + 1] += 1 }
        for index in 1...classCount { next[index] += next[index - 1] }
        var places = [Int](repeating: 0, count: ranges.count)
        for (place, range) in ranges.enumerated() {
            let index = lengthClass(range)
            places[next[index]] = place
            next[index] += 1
        }
        // The last class has all that are longer: few, and far from each other in length.
        places[next[classCount - 2]...].sort { ranges[$0].count < ranges[$1].count }
        return places
    }

    /// Whether sixteen leaves are hashed sooner together: a block of all takes as long as some
    /// six blocks of one.
    private static func isWorthLanes(_ blockCounts: some Sequence<Int>) -> Bool {
        var (most, sum) = (0, 0)
        for count in blockCounts {
            most = max(most, count)
            sum += count
        }
        return 6 * most <= sum
    }

    private static func hashSixteen(
        _ places: ArraySlice<Int>, of ranges: [Range<Int>], in bytes: RawSpan,
        into hashes: inout [Digest]
    ) {
        var bounds = InlineArray<32, Int>(repeating: 0)
        for (lane, place) in places.enumerated() {
            let range = ranges[place]
            precondition(range.lowerBound >= 0 && range.upperBound <= bytes.byteCount)
            bounds[2 * lane] = range.lowerBound
            bounds[2 * lane + 1] = range.upperBound
        }
        var words = InlineArray<64, UInt64>(repeating: 0)
        var span = words.mutableSpan
        unsafe bytes.withUnsafeBytes { bytes in
            let bytes = unsafe bytes.assumingMemoryBound(to: UInt8.self)
            unsafe bounds.span.withUnsafeBufferPointer { bounds in
                unsafe span.withUnsafeMutableBufferPointer { words in
                    unsafe csha256_sixteen_leaves(
                        words.baseAddress, bytes.baseAddress, bounds.baseAddress)
                }
            }
        }
        for (lane, place) in places.enumerated() {
            let at = 4 * lane
            hashes[place] = Digest(
                words: (words[at], words[at + 1], words[at + 2], words[at + 3]))
        }
    }
}
