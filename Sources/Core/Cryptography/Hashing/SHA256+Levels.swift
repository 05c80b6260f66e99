internal import CSHA256
public import Primitives

// The hashes of a tree's level and those of a batch's leaves do not wait for each other: sixteen
// are computed at once where the processor can, or two, and what is over by itself.

extension SHA256 {
    /// The hashes of a level of a tree: parent `i` of the children `2i` and `2i + 1`.
    ///
    /// It fills all of `parents`; further children are not looked at. Nothing is allocated.
    public static func nodes(of children: Span<Digest>, into parents: inout MutableSpan<Digest>) {
        nodes(of: children, into: &parents, by: .quickest)
    }

    /// Writes the hashes of a level of a tree over the first half of its children.
    ///
    /// Parent `i` of the children `2i` and `2i + 1` stands at `i` then. The last of an odd number
    /// of children stays where it is: what becomes of it differs from tree to tree.
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

    static func nodes(
        of children: Span<Digest>, into parents: inout MutableSpan<Digest>, by engine: HashEngine
    ) {
        let count = parents.count
        precondition(count <= children.count / 2, "\(count) parents of \(children.count) children")
        guard engine != .one else {
            for place in 0..<count {
                parents[place] = node(children[2 * place], children[2 * place + 1])
            }
            return
        }
        unsafe children.withUnsafeBufferPointer { children in
            unsafe parents.withUnsafeMutableBufferPointer { parents in
                unsafe compress(children, into: parents, count: count, by: engine)
            }
        }
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
        var hashes: [Digest] = []
        hashes.reserveCapacity(ranges.count)
        var rest = ranges[...]
        while engine == .sixteen, rest.count >= 16 {
            appendSixteen(rest.prefix(16), in: bytes, to: &hashes)
            rest = rest.dropFirst(16)
        }
        while rest.count >= 2 {
            let first = rest.removeFirst()
            let pair = Self.hashes(
                bytes.extracting(first), bytes.extracting(rest.removeFirst()), areLeaves: true,
                by: engine)
            hashes.append(pair.0)
            hashes.append(pair.1)
        }
        if let last = rest.first { hashes.append(leaf(bytes.extracting(last))) }
        return hashes
    }

    private static func appendSixteen(
        _ ranges: ArraySlice<Range<Int>>, in bytes: RawSpan, to hashes: inout [Digest]
    ) {
        var bounds = InlineArray<32, Int>(repeating: 0)
        for (place, range) in ranges.enumerated() {
            precondition(range.lowerBound >= 0 && range.upperBound <= bytes.byteCount)
            bounds[2 * place] = range.lowerBound
            bounds[2 * place + 1] = range.upperBound
        }
        var words = InlineArray<64, UInt64>(repeating: 0)
        var span = words.mutableSpan
        unsafe bytes.withUnsafeBytes { bytes in
            let bytes = unsafe bytes.assumingMemoryBound(to: UInt8.self)
            unsafe bounds.span.withUnsafeBufferPointer { bounds in
                unsafe span.withUnsafeMutableBufferPointer { words in
                    unsafe csha256_sixteen_messages(
                        words.baseAddress, bytes.baseAddress, bounds.baseAddress, true)
                }
            }
        }
        for at in stride(from: 0, to: 64, by: 4) {
            hashes.append(
                Digest(words: (words[at], words[at + 1], words[at + 2], words[at + 3])))
        }
    }
}
