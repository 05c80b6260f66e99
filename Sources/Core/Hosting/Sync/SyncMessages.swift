public import Consensus
public import Primitives

/// A block as a peer sends it to one that was away: nothing of it is believed yet.
public struct SyncedBlock: Sendable {
    public let height: Height
    /// The block's bytes (`docs/formats/block.md`).
    public let block: [UInt8]
    public let proof: Unverified<CommitProof>
    /// The batches that the block names, in its order.
    public let batches: [[UInt8]]

    public init(
        height: Height, block: [UInt8], proof: Unverified<CommitProof>, batches: [[UInt8]]
    ) {
        self.height = height
        self.block = block
        self.proof = proof
        self.batches = batches
    }
}

extension SyncedBlock {
    /// About how many bytes it has.
    var byteCount: Int { batches.reduce(block.count) { $0 + $1.count } }
}

/// A block that more than 2/3 of the power is known to have committed.
///
/// Its batches are still to be checked against the digests in the block.
public struct ProvedBlock: Sendable {
    public let peer: InstitutionID
    public let height: Height
    public let block: [UInt8]
    public let proof: Verified<CommitProof>
    public let batches: [[UInt8]]
}

/// What has happened to a replica that catches up.
public enum SyncInput: Sendable {
    /// A peer says at which height it stands; it may lie.
    case reported(InstitutionID, Height)
    case received(InstitutionID, SyncedBlock)
    /// A peer answers that it does not have the block it was asked for.
    case lacking(InstitutionID, Height)
    /// The timer that ``SyncEffect/request(_:_:attempt:)`` started has run out.
    case timedOut(Height, attempt: UInt32)
    /// The host has applied a block, and these vote at the next height.
    case applied(Height, ValidatorSet)
    /// What came with a proved block was not what the block names, or did not execute.
    case unusable(InstitutionID, Height, reason: String)
    /// A proved block follows another one than stands here, so that two were decided at a height:
    /// whoever sent it is not to blame.
    case forked(InstitutionID, Height)
    case left(InstitutionID)
}

/// What the host must do for a replica that catches up.
public enum SyncEffect: Sendable {
    /// Ask the peer for the block, and say ``SyncInput/timedOut(_:attempt:)`` if nothing comes.
    case request(InstitutionID, Height, attempt: UInt32)
    /// Check the batches, execute, write and apply; then say ``SyncInput/applied(_:_:)`` or
    /// ``SyncInput/unusable(_:_:reason:)``.
    case apply(ProvedBlock)
    /// The peer lied: close the connection, and name it to the operator.
    case drop(InstitutionID, SyncFault)
}

/// How a peer that serves blocks lied.
public enum SyncFault: Error, Sendable {
    case otherBlock(Height)
    case malformed(Height, CBORError)
    case proof(Height, ConsensusError)
    case unusable(Height, reason: String)
    /// It claims a height that, by what they say themselves, nobody can have decided.
    case unproven(Height)
}

extension SyncFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .otherBlock(let height): "the proof that it sent with block \(height) is of another"
        case .malformed(let height, let error): "block \(height) is malformed: \(error)"
        case .proof(let height, let error): "the proof of block \(height) does not hold: \(error)"
        case .unusable(let height, let reason): "what came with block \(height): \(reason)"
        case .unproven(let height):
            "it claims block \(height) and proves none; more than 2/3 of the power say that they "
                + "are below"
        }
    }
}
