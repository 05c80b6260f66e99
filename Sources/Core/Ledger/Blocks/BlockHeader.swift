internal import Cryptography
public import Primitives

/// What a block commits to; its hash is the block's name.
public struct BlockHeader: Hashable, Sendable {
    public let ledger: LedgerID
    public let height: Height
    /// Strictly above that of the previous block.
    public let time: Timestamp
    /// The proposer of the round in which the block was first proposed.
    public let proposer: InstitutionID
    /// Hash of the previous header; zero at height 1.
    public let previous: Digest
    /// RFC 9162 root over the batch digests, each as leaf data.
    public let batchesRoot: Digest
    /// Size and root of the ledger tree after this block.
    public let treeSize: UInt64
    public let treeRoot: Digest
    /// Root of the state map after this block; zero where none is kept.
    public let stateRoot: Digest
    /// Digest of the validator set for the next height.
    public let nextValidators: Digest
    /// Digest of active rules and parameters after this block.
    public let active: Digest
    /// SHA-256 of the previous height's commit proof; zero at height 1.
    public let previousCommit: Digest

    public init(
        ledger: LedgerID, height: Height, time: Timestamp, proposer: InstitutionID,
        previous: Digest, batchesRoot: Digest, treeSize: UInt64, treeRoot: Digest,
        stateRoot: Digest, nextValidators: Digest, active: Digest, previousCommit: Digest
    ) {
        self.ledger = ledger
        self.height = height
        self.time = time
        self.proposer = proposer
        self.previous = previous
        self.batchesRoot = batchesRoot
        self.treeSize = treeSize
        self.treeRoot = treeRoot
        self.stateRoot = stateRoot
        self.nextValidators = nextValidators
        self.active = active
        self.previousCommit = previousCommit
    }

    /// SHA-256 of the header's bytes.
    public var hash: Digest { SHA256.hash(encode()) }
}

extension BlockHeader {
    /// The header's bytes, of which there is one form only.
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 384)
        writer.map(13)
        writer.unsigned(0)
        writer.unsigned(1)
        writer.unsigned(1)
        writer.digest(ledger.digest)
        writer.unsigned(2)
        writer.unsigned(height.blocks)
        writer.unsigned(3)
        writer.integer(time.milliseconds)
        writer.unsigned(4)
        writer.institution(proposer)
        writer.unsigned(5)
        writer.digest(previous)
        writer.unsigned(6)
        writer.digest(batchesRoot)
        writer.unsigned(7)
        writer.unsigned(treeSize)
        let digests = [treeRoot, stateRoot, nextValidators, active, previousCommit]
        for (index, digest) in digests.enumerated() {
            writer.unsigned(UInt64(8 + index))
            writer.digest(digest)
        }
        return writer.bytes
    }

    /// Reads a header from exactly these bytes.
    public static func decode(_ bytes: ArraySlice<UInt8>) throws(LedgerError) -> BlockHeader {
        try reading("block header", bytes) { reader throws(CBORError) in
            try BlockHeader(from: &reader)
        }
    }

    private init(from reader: inout CBORReader) throws(CBORError) {
        try reader.map(exactly: 13)
        try reader.key(0)
        try reader.version(1)
        try reader.key(1)
        ledger = LedgerID(try reader.digest())
        try reader.key(2)
        height = try reader.height()
        try reader.key(3)
        time = try reader.timestamp()
        try reader.key(4)
        proposer = try reader.institution()
        try reader.key(5)
        previous = try reader.digest()
        try reader.key(6)
        batchesRoot = try reader.digest()
        try reader.key(7)
        treeSize = try reader.unsigned()
        try reader.key(8)
        treeRoot = try reader.digest()
        try reader.key(9)
        stateRoot = try reader.digest()
        try reader.key(10)
        nextValidators = try reader.digest()
        try reader.key(11)
        active = try reader.digest()
        try reader.key(12)
        previousCommit = try reader.digest()
    }
}
