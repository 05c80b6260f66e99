internal import Cryptography
internal import Primitives

/// Hashes the leaves of a tree in their order, two at a time.
struct LeafHasher: ~Copyable {
    private var hashes: [Digest] = []
    private var first = LeafBuffer()
    private var second = LeafBuffer()
    /// Whether the first buffer has a leaf that waits for another.
    private var isWaiting = false

    init(reservingCapacity count: Int) {
        hashes.reserveCapacity(count)
    }

    /// Adds the leaf of which `write` appends the bytes.
    @inline(__always)
    mutating func add(_ write: (inout LeafBuffer) -> Void) {
        isWaiting.toggle()
        guard !isWaiting else { return write(&first) }
        write(&second)
        let both = LeafBuffer.hashes(&first, &second)
        hashes.append(both.0)
        hashes.append(both.1)
    }

    /// The hashes of all leaves, in their order.
    consuming func finish() -> [Digest] {
        if isWaiting { hashes.append(first.hash()) }
        return hashes
    }
}
