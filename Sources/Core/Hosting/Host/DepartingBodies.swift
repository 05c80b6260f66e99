internal import Ledger
internal import Primitives

/// Bodies that left the mempool before their height is over, the oldest first.
///
/// A block under way may name them, and whoever lacks one can only fetch it. How many there are is
/// up to their issuers, who may sign the same entries as often as they like for longer: so only
/// some stay, and of the others those that a block is known to name.
struct DepartingBodies: Sendable {
    /// What a body takes beside its entries' bytes, about.
    private static let overheadByteCount = 1_024

    private(set) var digests: [Digest] = []
    private var costs: [Int] = []
    private(set) var byteCount = 0

    mutating func append(_ digest: Digest, byteCount: Int) {
        let cost = byteCount + DepartingBodies.overheadByteCount
        digests.append(digest)
        costs.append(cost)
        self.byteCount += cost
    }

    /// Takes out the oldest until so many bytes are left, but for those that must stay.
    mutating func removeOldest(
        downTo byteCountMax: Int, _ mustStay: (Digest) -> Bool
    ) -> [Digest] {
        var gone: [Digest] = []
        var kept: [(digest: Digest, cost: Int)] = []
        for (digest, cost) in zip(digests, costs) {
            if byteCount > byteCountMax, !mustStay(digest) {
                byteCount -= cost
                gone.append(digest)
            } else {
                kept.append((digest, cost))
            }
        }
        digests = kept.map(\.digest)
        costs = kept.map(\.cost)
        return gone
    }
}
