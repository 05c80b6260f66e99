internal import CSHA256
public import Primitives

// Where the processor has instructions for SHA-256, each of them waits for the one before it, and
// between those of one message there is room for another's. The hashes of a tree's level and those
// of a batch's leaves do not wait for each other.

extension SHA256 {
    /// The hashes of two inner nodes of a tree, each of its left and its right child.
    public static func nodes(
        _ first: (Digest, Digest), _ second: (Digest, Digest)
    ) -> (Digest, Digest) {
        nodes(first, second, by: .quickest)
    }

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
        replaceByNodes(&level, by: .quickest)
    }

    /// The hashes of two messages of any lengths.
    public static func hashes(_ first: RawSpan, _ second: RawSpan) -> (Digest, Digest) {
        hashes(first, second, areLeaves: false, by: .quickest)
    }

    /// The hashes of two leaves of a tree, of any lengths: H(0x00 ‖ bytes) of each.
    public static func leaves(_ first: RawSpan, _ second: RawSpan) -> (Digest, Digest) {
        hashes(first, second, areLeaves: true, by: .quickest)
    }
}

/// What computes two hashes; both give the same.
enum PairPath: CaseIterable {
    /// The processor's instructions for SHA-256, two messages in step.
    case inStep
    /// OpenSSL, one message after the other.
    case apart

    static let isInStepSupported = csha256_is_supported()

    static var quickest: PairPath { isInStepSupported ? .inStep : .apart }
}

extension SHA256 {
    static func nodes(
        _ first: (Digest, Digest), _ second: (Digest, Digest), by path: PairPath
    ) -> (Digest, Digest) {
        var level: InlineArray<4, Digest> = [first.0, first.1, second.0, second.1]
        var span = level.mutableSpan
        replaceByNodes(&span, by: path)
        return (level[0], level[1])
    }

    static func nodes(
        of children: Span<Digest>, into parents: inout MutableSpan<Digest>, by path: PairPath
    ) {
        let count = parents.count
        precondition(count <= children.count / 2, "\(count) parents of \(children.count) children")
        switch path {
        case .inStep:
            unsafe children.withUnsafeBufferPointer { children in
                unsafe parents.withUnsafeMutableBufferPointer { parents in
                    unsafe compress(children, into: parents, count: count)
                }
            }
        case .apart:
            for place in 0..<count {
                parents[place] = node(children[2 * place], children[2 * place + 1])
            }
        }
    }

    static func replaceByNodes(_ level: inout MutableSpan<Digest>, by path: PairPath) {
        let count = level.count / 2
        switch path {
        case .inStep:
            unsafe level.withUnsafeMutableBufferPointer { level in
                unsafe compress(UnsafeBufferPointer(level), into: level, count: count)
            }
        case .apart:
            for place in 0..<count {
                level[place] = node(level[2 * place], level[2 * place + 1])
            }
        }
    }

    static func hashes(
        _ first: RawSpan, _ second: RawSpan, areLeaves: Bool, by path: PairPath
    ) -> (Digest, Digest) {
        guard path == .inStep else {
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

    /// A digest lies in memory as its four words, which is how the C takes and gives it.
    private static func compress(
        _ children: UnsafeBufferPointer<Digest>, into parents: UnsafeMutableBufferPointer<Digest>,
        count: Int
    ) {
        let from = unsafe UnsafeRawBufferPointer(children).assumingMemoryBound(to: UInt64.self)
        let to = unsafe UnsafeMutableRawBufferPointer(parents).assumingMemoryBound(to: UInt64.self)
        unsafe csha256_nodes(to.baseAddress, from.baseAddress, count)
    }
}
