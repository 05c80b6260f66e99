internal import CSHA256
public import Primitives

// Where the processor has instructions for SHA-256, each of them waits for the one before it, and
// between those of one message there is room for another's.

extension SHA256 {
    /// The hashes of two inner nodes of a tree, each of its left and its right child.
    public static func nodes(
        _ first: (Digest, Digest), _ second: (Digest, Digest)
    ) -> (Digest, Digest) {
        nodes(first, second, by: .quickest)
    }

    /// The hashes of two messages of any lengths.
    public static func hashes(_ first: RawSpan, _ second: RawSpan) -> (Digest, Digest) {
        hashes(first, second, areLeaves: false, by: .quickest)
    }

    /// The hashes of two leaves of a tree, of any lengths: H(0x00 ‖ bytes) of each.
    public static func leaves(_ first: RawSpan, _ second: RawSpan) -> (Digest, Digest) {
        hashes(first, second, areLeaves: true, by: .quickest)
    }

    static func nodes(
        _ first: (Digest, Digest), _ second: (Digest, Digest), by engine: HashEngine
    ) -> (Digest, Digest) {
        var level: InlineArray<4, Digest> = [first.0, first.1, second.0, second.1]
        var span = level.mutableSpan
        replaceByNodes(&span, first: 4, by: engine)
        return (level[0], level[1])
    }

    static func hashes(
        _ first: RawSpan, _ second: RawSpan, areLeaves: Bool, by engine: HashEngine
    ) -> (Digest, Digest) {
        guard engine != .one else {
            return areLeaves ? (leaf(first), leaf(second)) : (hash(first), hash(second))
        }
        var words = InlineArray<8, UInt64>(repeating: 0)
        unsafe first.withUnsafeBytes { first in
            unsafe second.withUnsafeBytes { second in
                let first = unsafe first.assumingMemoryBound(to: UInt8.self)
                let second = unsafe second.assumingMemoryBound(to: UInt8.self)
                var span = words.mutableSpan
                unsafe span.withUnsafeMutableBufferPointer { hashes in
                    unsafe csha256_messages(
                        hashes.baseAddress, first.baseAddress, first.count, second.baseAddress,
                        second.count, areLeaves)
                }
            }
        }
        return (
            Digest(words: (words[0], words[1], words[2], words[3])),
            Digest(words: (words[4], words[5], words[6], words[7]))
        )
    }
}
