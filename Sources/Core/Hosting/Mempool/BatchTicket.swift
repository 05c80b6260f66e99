public import Primitives
public import Records

/// What the mempool must know of a batch; the bodies lie with the host, under the digest.
public struct BatchTicket: Hashable, Sendable {
    public let digest: Digest
    public let stream: StreamKey
    /// Number of the first entry.
    public let first: UInt64
    /// The number that follows the last entry's.
    public let end: UInt64
    /// The last height whose block may hold the batch.
    public let expiry: Height
    public let byteCount: Int
    /// The leaf hash of each entry, in order.
    public let leafHashes: [Digest]

    public init(
        digest: Digest, stream: StreamKey, first: UInt64, end: UInt64, expiry: Height,
        byteCount: Int, leafHashes: [Digest]
    ) {
        self.digest = digest
        self.stream = stream
        self.first = first
        self.end = end
        self.expiry = expiry
        self.byteCount = byteCount
        self.leafHashes = leafHashes
    }

    public var entryCount: Int { leafHashes.count }

    /// Whether both say the same wherever they speak of the same numbers.
    ///
    /// Entry by entry where the numbers run without a jump; where a void jumps, only as a whole.
    func agrees(with other: BatchTicket) -> Bool {
        if first == other.first, leafHashes == other.leafHashes { return true }
        guard isContiguous, other.isContiguous else { return false }
        let shared = max(first, other.first)..<min(end, other.end)
        return shared.allSatisfy { leafHash(of: $0) == other.leafHash(of: $0) }
    }

    /// Whether it has all the numbers of those that it overlaps with, and others besides.
    func holdsMore(than overlapping: ArraySlice<BatchTicket>) -> Bool {
        guard let lowest = overlapping.first, let highest = overlapping.last else { return false }
        let held = overlapping.reduce(0) { $0 + $1.entryCount }
        return first <= lowest.first && highest.end <= end && held < entryCount
    }

    private var isContiguous: Bool { end - first == UInt64(leafHashes.count) }

    private func leafHash(of number: UInt64) -> Digest {
        leafHashes[Int(number - first)]
    }
}

/// A stream of an issuer.
public struct StreamKey: Hashable, Sendable, CustomStringConvertible {
    public let issuer: InstitutionID
    public let stream: StreamID

    public init(issuer: InstitutionID, stream: StreamID) {
        self.issuer = issuer
        self.stream = stream
    }

    public var description: String { "\(issuer)/\(stream)" }
}
