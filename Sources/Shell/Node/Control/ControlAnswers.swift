public import Primitives

/// An entry with its place on the ledger.
public struct EntryAnswer: Hashable, Sendable {
    public let leafIndex: UInt64
    public let height: Height
    /// Time of the block.
    public let time: Timestamp
    /// The digest of the batch that carried it.
    public let batch: Digest
    /// The entry as its issuer wrote it.
    public let entry: [UInt8]

    public init(
        leafIndex: UInt64, height: Height, time: Timestamp, batch: Digest, entry: [UInt8]
    ) {
        self.leafIndex = leafIndex
        self.height = height
        self.time = time
        self.batch = batch
        self.entry = entry
    }
}

/// What became of a batch that was handed in.
public enum BatchAnswer: Hashable, Sendable {
    /// It waits for a block.
    case admitted(Digest)
    /// Its entries wait already, under these batch digests.
    case waiting([Digest])
    case committed(height: Height, firstLeaf: UInt64)
}

/// A block that was committed.
public struct CommitNotice: Hashable, Sendable {
    public let height: Height
    public let hash: Digest
    public let time: Timestamp
    public let firstLeaf: UInt64
    public let entryCount: UInt64
    public let batchCount: UInt64

    public init(
        height: Height, hash: Digest, time: Timestamp, firstLeaf: UInt64, entryCount: UInt64,
        batchCount: UInt64
    ) {
        self.height = height
        self.hash = hash
        self.time = time
        self.firstLeaf = firstLeaf
        self.entryCount = entryCount
        self.batchCount = batchCount
    }
}

/// A block and why it stands.
public struct BlockAnswer: Hashable, Sendable {
    public let height: Height
    /// `block` of `docs/formats/block.md`.
    public let block: [UInt8]
    /// `commit-proof` of `docs/formats/block.md`.
    public let commitProof: [UInt8]

    public init(height: Height, block: [UInt8], commitProof: [UInt8]) {
        self.height = height
        self.block = block
        self.commitProof = commitProof
    }
}

/// One validator's receipt for an entry (RFC 9942).
public struct ReceiptAnswer: Hashable, Sendable {
    public let voter: InstitutionID
    public let receipt: [UInt8]

    public init(voter: InstitutionID, receipt: [UInt8]) {
        self.voter = voter
        self.receipt = receipt
    }
}
