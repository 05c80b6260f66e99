public import Consensus
public import Ledger
public import Primitives

/// What has happened to a host.
public enum HostInput: Sendable {
    /// A peer, whom Transport has authenticated, says something.
    case received(PeerMessage, from: InstitutionID)
    /// A peer says something of a kind that this version does not know.
    case receivedUnknown(kind: UInt64, from: InstitutionID)
    /// Somebody of this institution hands in a signed batch; the token comes back in the answer.
    case submitted(batch: [UInt8], token: UInt64)
    /// A timer that the host had asked for has run out.
    case timedOut(HostTimer)
    /// Messages to a peer go through, in this version of the protocol.
    case connected(InstitutionID, speaks: ProtocolVersion = .newest)
    case disconnected(InstitutionID)
    /// The chunks of a snapshot gave this state (``HostEffect/restoreSnapshot(_:)``).
    case snapshotRestored(LedgerState)
    /// They did not give what its block commits to.
    case snapshotUnusable(reason: String)
    /// These chunks were kept, and cannot be read any more.
    case chunksLost([Digest])
    /// What the ledger has under the numbers of the batch with this digest
    /// (``HostEffect/readBatches(_:numbers:against:)``).
    case batchesRead([[UInt8]], against: Digest)
    /// What was kept proves a valid round that this replica claimed
    /// (``HostEffect/recallLock(_:)``).
    case lockRecalled(ProofOfLock, for: LockQuestion)
    /// An outbox may have lost rows, and signed batches that were good for so many heights: say
    /// ``HostEffect/numberFrom(_:)`` when it is known where all of them have expired.
    case numbersLost(expiryHeights: UInt64)
}

/// A wait that the host asked for; one that fires late, or twice, is recognised and ignored.
public enum HostTimer: Hashable, Sendable {
    case replica(Consensus.Timer)
    /// An answer to a request for a block is due.
    case sync(Height, attempt: UInt32)
    /// Offers of snapshots were waited for.
    case join
    /// An answer to a request for a chunk is due.
    case chunk(Digest, attempt: UInt32)
    /// A height has been quiet for as long as the parameters allow.
    case heartbeat(Height)
    /// It is time to tell the peers where this replica stands.
    case status
}
