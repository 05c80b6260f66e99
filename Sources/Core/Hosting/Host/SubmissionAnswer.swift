public import Ledger
public import Primitives

/// What a host answers to a batch that was submitted to it.
public enum SubmissionAnswer: Sendable {
    /// It waits for a block, and was sent to the peers.
    case admitted(Digest)
    /// The same entries wait already, under these batch digests.
    case waiting([Digest])
    /// It is on the ledger already.
    case committed(CommittedBatch)
    case refused(SubmissionRefusal)
}

/// Why a host does not take a batch.
public enum SubmissionRefusal: Error, Sendable {
    /// The batch itself is not in order.
    case batch(BatchRefusal)
    /// The mempool does not take it now, or ever.
    case mempool(Admission.Refusal)

    /// Whether the same batch may be taken later.
    public var isTemporary: Bool {
        switch self {
        case .batch: false
        case .mempool(.full), .mempool(.shareFull), .mempool(.streamFull): true
        case .mempool: false
        }
    }
}

extension SubmissionRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .batch(let refusal): "\(refusal)"
        case .mempool(let refusal): "\(refusal)"
        }
    }
}
