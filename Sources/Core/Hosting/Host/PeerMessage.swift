public import Consensus
public import Primitives
public import Records

/// What nodes say to each other, one message a frame.
///
/// Source: `docs/formats/wire.md`.
public enum PeerMessage: Sendable {
    case proposal(Unverified<Proposal>)
    case vote(Unverified<Vote>)
    /// Where the sender stands; sent now and then, so that peers can fill the gaps.
    case status(ReplicaStatus)
    /// A batch's bytes: sent once by the node that it was submitted to, and to whoever asks.
    case batch([UInt8])
    case batchesWanted([Digest])
    case blockWanted(Height)
    case block(SyncedBlock)
    /// The sender does not have the block that it was asked for.
    case blockLacking(Height)
    /// What convicts somebody, or an unanswered demand.
    case evidence(EvidenceBody)
    /// The proof of a valid round that the receiver has claimed.
    case lockWanted(Height, Round, BlockID)
    case lock(Unverified<ProofOfLock>)
    /// All votes that the receiver has kept of a height at which two blocks were decided.
    case votesWanted(Height)
    /// The receiver's newest snapshot of the state, and how it is answered.
    case snapshotWanted
    case snapshot(SnapshotOffer)
    /// A chunk of a snapshot, by its name.
    case chunkWanted(Digest)
    case chunk(Digest, [UInt8])
    /// The sender does not have the chunk that it was asked for.
    case chunkLacking(Digest)
    /// The sender does not know messages of this kind, and has ignored one.
    case unsupported(kind: UInt64)

    /// The greatest height that a message may name: 2^62 − 1, so that no sum overflows.
    static let heightMax: UInt64 = (1 << 62) - 1

    /// The greatest number that a kind of message may ever have.
    static let kindMax: UInt64 = 1 << 16 - 1

    /// The most batches that one message asks for.
    public static let wantedCountMax = 4_096
}

extension PeerMessage {
    /// Whether the message is small and waited for: votes must not queue behind bodies.
    public var isUrgent: Bool {
        switch self {
        case .proposal, .vote, .status, .batchesWanted, .blockWanted, .blockLacking, .lockWanted,
            .lock, .votesWanted, .snapshotWanted, .chunkWanted, .chunkLacking,
            .unsupported:
            true
        case .batch, .block, .evidence, .snapshot, .chunk: false
        }
    }

    /// The number by which the format knows the message.
    var number: UInt64 {
        switch self {
        case .proposal: 1
        case .vote: 2
        case .status: 3
        case .batch: 4
        case .batchesWanted: 5
        case .blockWanted: 6
        case .block: 7
        case .blockLacking: 8
        case .evidence: 9
        case .lockWanted: 10
        case .lock: 11
        case .votesWanted: 12
        case .snapshotWanted: 13
        case .snapshot: 14
        case .chunkWanted: 15
        case .chunk: 16
        case .chunkLacking: 17
        case .unsupported: 18
        }
    }

    /// The last kind that each version of the protocol has: what is above is unknown to it.
    static func lastKind(in version: ProtocolVersion) -> UInt64 {
        version == .first ? 12 : 18
    }

    /// The version of the protocol that brought this kind.
    ///
    /// A peer of the first version hangs up on newer kinds; later ones ignore what they do not
    /// know.
    public var since: ProtocolVersion {
        number <= PeerMessage.lastKind(in: .first) ? .first : ProtocolVersion(2)
    }
}

/// Why bytes are not a message, as far as this build knows.
public enum PeerMessageFault: Error, Equatable, Sendable {
    /// A message as it should be, of a kind that a later version may know.
    case unknown(kind: UInt64)
    case malformed(CBORError)
}

extension PeerMessageFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknown(let kind): "a message of kind \(kind), which this version does not know"
        case .malformed(let error): "\(error)"
        }
    }
}
