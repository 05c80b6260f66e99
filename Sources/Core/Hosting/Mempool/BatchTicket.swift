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
    /// The entries that follow a void, by their place.
    public let jumps: [Jump]
    /// Whether it governs the ledger or convicts somebody: there is room for it where there is
    /// none for others, and blocks take it first.
    public let isUrgent: Bool

    /// An entry whose number does not follow that of the entry before it.
    public struct Jump: Hashable, Sendable {
        public let place: Int
        public let number: UInt64

        public init(place: Int, number: UInt64) {
            self.place = place
            self.number = number
        }
    }

    public init(
        digest: Digest, stream: StreamKey, first: UInt64, end: UInt64, expiry: Height,
        byteCount: Int, leafHashes: [Digest], jumps: [Jump] = [], isUrgent: Bool = false
    ) {
        self.digest = digest
        self.stream = stream
        self.first = first
        self.end = end
        self.expiry = expiry
        self.byteCount = byteCount
        self.leafHashes = leafHashes
        self.jumps = jumps
        self.isUrgent = isUrgent
    }

    public var entryCount: Int { leafHashes.count }

    /// Whether both say the same wherever they speak of the same numbers.
    ///
    /// A void says itself what it leads past, so that equal entries go on with equal numbers.
    func agrees(with other: BatchTicket) -> Bool {
        let shared = max(first, other.first)..<min(end, other.end)
        guard let own = places(of: shared), let others = other.places(of: shared) else {
            return false
        }
        return leafHashes[own] == other.leafHashes[others]
    }

    /// Whether it has all the numbers of those that it overlaps with, and others besides.
    func holdsMore(than overlapping: ArraySlice<BatchTicket>) -> Bool {
        guard let lowest = overlapping.first, let highest = overlapping.last else { return false }
        let held = overlapping.reduce(0) { $0 + $1.entryCount }
        return first <= lowest.first && highest.end <= end && held < entryCount
    }

    /// Where the entries with these numbers stand; nil where none has the first of them.
    private func places(of numbers: Range<UInt64>) -> Range<Int>? {
        let (lower, isThere) = place(from: numbers.lowerBound)
        return isThere ? lower..<place(from: numbers.upperBound).place : nil
    }

    /// The place of the first entry whose number is at least this, and whether it is this.
    private func place(from number: UInt64) -> (place: Int, isThere: Bool) {
        let next = jumps.firstIndex { $0.number > number } ?? jumps.count
        let start = next > 0 ? jumps[next - 1] : Jump(place: 0, number: first)
        let stretchEnd = next < jumps.count ? jumps[next].place : leafHashes.count
        let offset = min(number - start.number, UInt64(stretchEnd - start.place))
        let place = start.place + Int(offset)
        return (place, place < stretchEnd)
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
