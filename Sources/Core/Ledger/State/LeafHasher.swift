internal import Cryptography
internal import Primitives

/// Hashes the leaves of a tree in their order, many at a time.
struct LeafHasher: ~Copyable {
    private var hashes: [Digest] = []
    /// Leaves that wait for others, one behind the other, and where each of them lies.
    private var bytes = ValueBuffer(capacity: 65_536)
    private var waiting: [Range<Int>] = []

    /// How many leaves are hashed together: so many that there are enough of every length, and so
    /// few that they stay in the processor's cache.
    private static let countMax = 256

    init(reservingCapacity count: Int) {
        hashes.reserveCapacity(count)
        waiting.reserveCapacity(LeafHasher.countMax)
    }

    /// Adds the leaf of which `write` appends the bytes.
    @inline(__always)
    mutating func add(_ write: (inout ValueBuffer) -> Void) {
        let start = bytes.count
        write(&bytes)
        waiting.append(start..<bytes.count)
        if waiting.count == LeafHasher.countMax { hash() }
    }

    /// The hashes of all leaves, in their order.
    consuming func finish() -> [Digest] {
        hash()
        return hashes
    }

    private mutating func hash() {
        hashes += bytes.hashLeaves(at: waiting)
        waiting.removeAll(keepingCapacity: true)
    }
}
