public import Consensus
public import Ledger
public import Primitives

/// A snapshot as a peer offers it: nothing of it is believed yet.
public struct SnapshotOffer: Sendable {
    /// The bytes of a ``SnapshotManifest``.
    public let manifest: [UInt8]
    /// Why the manifest's block stands.
    public let proof: Unverified<CommitProof>

    public init(manifest: [UInt8], proof: Unverified<CommitProof>) {
        self.manifest = manifest
        self.proof = proof
    }
}

/// A snapshot whose block more than 2/3 of the power is known to have committed.
///
/// That its chunks give the state root of that block is still to be seen.
public struct ProvedSnapshot: Sendable {
    public let manifest: SnapshotManifest
    public let proof: CommitProof
}

/// What has happened to a node that joins by a snapshot.
public enum StateSyncInput: Sendable {
    case offered(InstitutionID, SnapshotOffer)
    /// A peer sends what it says is the chunk of this name.
    case received(InstitutionID, Digest, chunk: [UInt8])
    /// A peer answers that it does not have the chunk that it was asked for.
    case lacking(InstitutionID, Digest)
    /// The timer that ``StateSyncEffect/request(_:_:attempt:)`` started has run out.
    case timedOut(Digest, attempt: UInt32)
    /// The timer that ``StateSyncEffect/wait(milliseconds:)`` started has run out.
    case waited
    /// The chunks, each as it is named, did not give what the manifest's block commits to.
    case unusable(reason: String)
    /// Chunks that were kept cannot be read any more.
    case lost([Digest])
    case left(InstitutionID)
}

/// What the host must do for a node that joins by a snapshot.
public enum StateSyncEffect: Sendable {
    /// Ask every peer for its snapshot, and say ``StateSyncInput/waited`` after so many
    /// milliseconds.
    case wait(milliseconds: UInt64)
    /// Ask the peer for the chunk, and say ``StateSyncInput/timedOut(_:attempt:)`` if none comes.
    case request(InstitutionID, Digest, attempt: UInt32)
    /// Keep the chunk under its name, so that a node that breaks off need not ask again.
    case keep(Digest, [UInt8])
    /// Chunks that were kept are wanted no more.
    case forget([Digest])
    /// Every chunk is kept: put the state together, or say ``StateSyncInput/unusable(reason:)``
    /// or ``StateSyncInput/lost(_:)``.
    case restore(ProvedSnapshot)
    /// The peer lied: close the connection, and name it to the operator.
    case drop(InstitutionID, StateSyncFault)
    /// No snapshot can be had: fetch the blocks from the first one on.
    case fallBack(reason: String)
}

/// How a peer that offers a snapshot lied.
public enum StateSyncFault: Error, Sendable {
    case malformed(LedgerError)
    case otherBlock(Height)
    case proof(Height, ConsensusError)
    case chunk(Digest)
    case unusable(Height, reason: String)
}

extension StateSyncFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformed(let error): "its snapshot: \(error)"
        case .otherBlock(let height): "the proof of its snapshot at \(height) is of another block"
        case .proof(let height, let error):
            "the proof of its snapshot at \(height) does not hold: \(error)"
        case .chunk(let name): "what it sent is not chunk \(name), as it says"
        case .unusable(let height, let reason): "its snapshot at \(height): \(reason)"
        }
    }
}
