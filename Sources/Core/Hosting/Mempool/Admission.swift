public import Primitives

/// What the mempool answers to a batch.
public enum Admission: Hashable, Sendable {
    /// It waits for a block. Batches with the same entries that expire earlier made room for it.
    case accepted(replaced: [Digest])
    /// The very same batch waits already.
    case duplicate
    /// The entries wait already, in batches that do not expire earlier.
    case covered(by: [Digest])
    case refused(Refusal)

    /// Why a batch is not taken.
    public enum Refusal: Error, Hashable, Sendable {
        /// All its numbers are on the ledger already.
        case committed(nextOnLedger: UInt64)
        /// It begins before the stream's next number and ends after it.
        case straddles(nextOnLedger: UInt64)
        /// The last height that it was good for has passed.
        case expired(expiry: Height, height: Height)
        /// Another batch has other bytes under one of its numbers: two signatures that convict the
        /// issuer.
        case conflict(with: Digest)
        /// As many batches of the stream wait as may wait.
        case streamFull(limit: Int)
        /// As many bytes wait as may wait; try again later.
        case full(byteCount: Int, limit: Int)
        /// The issuer has as many bytes waiting as it may have beside what others have; try again
        /// later.
        case shareFull(byteCount: Int, limit: Int)
    }
}

extension Admission.Refusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .committed(let next):
            "all its numbers are on the ledger already; the stream's next is \(next)"
        case .straddles(let next):
            "it begins before the stream's next number, \(next), and ends after it"
        case .expired(let expiry, let height):
            "it was good up to height \(expiry); the ledger stands at \(height)"
        case .conflict(let digest):
            "batch \(digest) has other bytes under one of its numbers"
        case .streamFull(let limit):
            "\(limit) batches of the stream wait already, which is the limit"
        case .full(let byteCount, let limit):
            "\(byteCount) bytes of batches wait already, of \(limit) at most; try again later"
        case .shareFull(let byteCount, let limit):
            "\(byteCount) bytes of this issuer's batches wait already, and no issuer may have more "
                + "waiting than is free for others, now \(limit); try again later"
        }
    }
}
