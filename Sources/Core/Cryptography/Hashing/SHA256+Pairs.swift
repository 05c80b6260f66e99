internal import CSHA256
internal import Primitives

// Where the processor has instructions for SHA-256, each of them waits for the one before it, and
// between those of one message there is room for another's.

extension SHA256 {
    /// The hashes of two messages of any lengths, or of two leaves of a tree: H(0x00 ‖ bytes).
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
