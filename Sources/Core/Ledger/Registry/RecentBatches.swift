public import Primitives

/// Where a batch stands in the ledger.
public struct CommittedBatch: Hashable, Sendable {
    public let digest: Digest
    public let height: Height
    /// The leaf index of its first entry.
    public let firstLeaf: UInt64

    init(digest: Digest, height: Height, firstLeaf: UInt64) {
        self.digest = digest
        self.height = height
        self.firstLeaf = firstLeaf
    }
}

/// The batches of the last heights, so that one that comes again is answered as before.
///
/// A batch older than the longest validity has expired in any case.
struct RecentBatches: Sendable {
    private var byDigest: [Digest: CommittedBatch] = [:]
    private var byHeight: [[Digest]] = []
    private var firstHeight: UInt64 = 1

    subscript(digest: Digest) -> CommittedBatch? { byDigest[digest] }

    /// Adds the batches of the next height, and forgets those of heights below `oldest`.
    mutating func add(_ batches: [CommittedBatch], at height: Height, keepingFrom oldest: UInt64) {
        if byHeight.isEmpty { firstHeight = height.blocks }
        byHeight.append(batches.map(\.digest))
        for batch in batches { byDigest[batch.digest] = batch }
        forget(below: oldest)
    }

    /// Puts the batches of the heights right below those that are known before them, lowest first.
    mutating func prepend(_ batches: [[CommittedBatch]], from height: Height) {
        guard !batches.isEmpty else { return }
        for batch in batches.joined() { byDigest[batch.digest] = batch }
        byHeight = batches.map { $0.map(\.digest) } + byHeight
        firstHeight = height.blocks
    }

    /// Forgets those of heights below `oldest`.
    mutating func forget(below oldest: UInt64) {
        guard oldest > firstHeight else { return }
        let count = Int(min(oldest - firstHeight, UInt64(byHeight.count)))
        for digest in byHeight[..<count].joined() { byDigest[digest] = nil }
        byHeight.removeFirst(count)
        firstHeight += UInt64(count)
    }
}
