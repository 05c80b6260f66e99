public import Consensus
public import Ledger
public import Primitives
public import Records

/// What the shell must do for a host.
///
/// **The order is the contract.** The effects of one step are carried out in their order, and all
/// of them before the next input: what must be durable stands before what is sent. A shell that
/// cannot make something durable stops; nothing after a failed effect may be carried out.
public enum HostEffect: Sendable {
    /// Append to the log; durable with the next ``persist(_:)`` that rests on it, not before.
    case appendLog(HostRecord)
    /// Replace the last-signed state, and make it durable.
    ///
    /// Where it ``SignedState/restsOnLog``, first every block committed before; and every record
    /// appended of the heights above those, before the state or with it. While a block committed
    /// before is not durable, the records so in any case: with nothing but its last-signed state
    /// of the next height, a replica could not vote for that block again. What is durable so stays
    /// until the block of its height is, whatever state comes after.
    case persist(SignedState)
    /// Write the block's rows and its commit proof in one synced write group.
    ///
    /// It may go on beside what follows. Blocks become durable in their order, nobody is told of a
    /// block that is not durable, and the log keeps the records of its height until it is.
    case commit(CommittedBlock)
    case send(PeerMessage, to: InstitutionID)
    case broadcast(PeerMessage)
    /// Read the block from the store and send it as ``PeerMessage/block(_:)``, or say that it is
    /// lacking.
    case serveBlock(Height, to: InstitutionID)
    /// Send the newest snapshot's manifest, if there is one, as ``PeerMessage/snapshot(_:)``.
    case serveSnapshot(to: InstitutionID)
    /// Send the chunk with this name as ``PeerMessage/chunk(_:)``, or say that it is lacking.
    case serveChunk(Digest, to: InstitutionID)
    /// Keep a chunk of a snapshot that is being fetched; one that is lost is asked for again.
    case keepChunk(Digest, [UInt8])
    /// Delete chunks that were kept.
    case forgetChunks([Digest])
    /// Put the state together from the chunks that were kept (``SnapshotRestoration``), and say
    /// ``HostInput/snapshotRestored(_:)``, ``HostInput/snapshotUnusable(reason:)``, or
    /// ``HostInput/chunksLost(_:)`` where the own disk does not have what it kept.
    case restoreSnapshot(ProvedSnapshot)
    /// Write, in one synced write group, what a ledger that begins here needs; chunks that were
    /// kept may go.
    case adopt(AdoptedSnapshot)
    /// Say ``HostInput/timedOut(_:)`` after so many milliseconds.
    case startTimer(HostTimer, milliseconds: UInt64)
    /// Answer whoever submitted the batch with this token.
    case answer(token: UInt64, SubmissionAnswer)
    /// The peer lied or sent what is no message: close its connection, and name it.
    case drop(InstitutionID, reason: String)
    /// Keep this, synced: it convicts somebody, or is a proof that this node may be asked for.
    case keep(EvidenceBody)
    /// Put an entry with this body on the ledger, through an outbox of this institution.
    case anchor(EntryBody)
    /// Keep this, synced, before anything is signed: nothing below the height may be.
    case signFrom(Height)
    /// Keep this, synced, and tell every outbox that has lost rows
    /// (``OutboxInput/expired(at:)``): at this height all that was signed before has expired.
    case numberFrom(Height)
    /// Read the batches of the stream that have these numbers from the store, pruned ones left
    /// out, and say ``HostInput/batchesRead(_:against:)``.
    case readBatches(StreamKey, numbers: Range<UInt64>, against: Digest)
    /// Look among what ``keep(_:)`` kept for the proof of a valid round that this replica claimed,
    /// or for all of a height, and say ``HostInput/lockRecalled(_:for:)`` of each that is there.
    case recallLock(LockQuestion)
    /// Something that an operator should read.
    case report(String)
    /// Stop, and call a human: going on could break what was promised.
    case halt(reason: String)
}

/// A snapshot that a ledger begins with.
public struct AdoptedSnapshot: Sendable {
    public let snapshot: ProvedSnapshot
    /// What ``LedgerState/foundingRows(after:)`` gave.
    public let rows: [LedgerRow]

    public var height: Height { snapshot.manifest.height }
}

/// What the log keeps until a height is decided.
public enum HostRecord: Hashable, Sendable {
    case replica(LogRecord)
    /// The body of a batch that this replica is about to vote for.
    ///
    /// A quorum that voted and then lost its power must not have lost the bodies with it.
    case batch(height: Height, bytes: [UInt8])
}

/// A block that is decided, with all that must be on the disk for it.
public struct CommittedBlock: Sendable {
    public let executed: ExecutedBlock
    public let proof: CommitProof
    /// What ``LedgerState/apply(_:)`` gave, to be written together with the proof.
    public let rows: [LedgerRow]
    /// The lowest height whose changes and chunk rows a restart after this block needs.
    public let stateRowsFrom: Height

    public var height: Height { executed.header.height }
}
