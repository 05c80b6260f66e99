public import Consensus
public import Cryptography
public import Ledger
public import Primitives
internal import Records

/// All that an auditor needs for one entry, apart from the genesis: believed in nothing yet.
///
/// Source: `docs/formats/proof.md`.
public struct ProofFile: Hashable, Sendable {
    public let ledger: LedgerID
    /// The entry as its issuer wrote it.
    public let entry: [UInt8]
    /// The batch header that the issuer signed, a COSE_Sign1.
    public let signedHeader: [UInt8]
    /// Where the entry stands in the batch, from 0, and the path to the batch's root.
    public let batchPosition: UInt64
    public let batchPath: [Digest]
    public let head: ClaimedHead
    /// Where the entry stands in the ledger tree, and the path to the header's tree root.
    public let leafIndex: UInt64
    public let ledgerPath: [Digest]
    /// The issuer's institution under the header's state root.
    public let issuer: MapProof
    /// What the same state root says of an entry that may stand without effect, or the leaf of the
    /// key before where it says nothing.
    ///
    /// Nil for others, and where it is not shown.
    public let standing: MapProof?

    public init(
        ledger: LedgerID, entry: [UInt8], signedHeader: [UInt8], batchPosition: UInt64,
        batchPath: [Digest], head: ClaimedHead, leafIndex: UInt64, ledgerPath: [Digest],
        issuer: MapProof, standing: MapProof? = nil
    ) {
        self.standing = standing
        self.ledger = ledger
        self.entry = entry
        self.signedHeader = signedHeader
        self.batchPosition = batchPosition
        self.batchPath = batchPath
        self.head = head
        self.leafIndex = leafIndex
        self.ledgerPath = ledgerPath
        self.issuer = issuer
    }

    /// The proof file of an entry of a batch.
    ///
    /// `header` is that of the entry's own block or of any later one under whose state root the
    /// key that signed the batch is still the issuer's; `inclusion` and `issuer` are under its
    /// roots, and `commitProof` is its own.
    ///
    /// - Returns: nil where the batch has no such entry.
    public init?(
        of batch: UnverifiedBatch, entryAt index: Int, header: BlockHeader,
        commitProof: CommitProof, inclusion: InclusionProof, issuer: MapProof,
        standing: MapProof? = nil
    ) {
        guard batch.entries.indices.contains(index) else { return nil }
        let leafHashes = batch.leafHashes
        guard let path = try? MerkleTree.inclusionProof(of: index, in: leafHashes) else {
            return nil
        }
        self.init(
            ledger: header.ledger, entry: Array(batch.entries[index]),
            signedHeader: Array(batch.signedHeader), batchPosition: UInt64(index),
            batchPath: path.path, head: ClaimedHead(header: header, commitProof: commitProof),
            leafIndex: inclusion.leafIndex, ledgerPath: inclusion.path, issuer: issuer,
            standing: standing)
    }
}

extension ProofFile {
    /// The bytes of the file.
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 4_096)
        encode(into: &writer)
        return writer.bytes
    }

    func encode(into writer: inout CBORWriter) {
        writer.map(standing == nil ? 9 : 10)
        writer.unsigned(0)
        writer.unsigned(standing == nil ? 1 : 2)
        writer.unsigned(1)
        writer.digest(ledger.digest)
        writer.unsigned(2)
        writer.bytes(entry)
        writer.unsigned(3)
        writer.bytes(signedHeader)
        writer.unsigned(4)
        writer.array(2)
        writer.unsigned(batchPosition)
        writer.path(batchPath)
        head.encodeFields(headerKey: 5, into: &writer)
        writer.unsigned(7)
        writer.array(2)
        writer.unsigned(leafIndex)
        writer.path(ledgerPath)
        writer.unsigned(8)
        issuer.encode(into: &writer)
        guard let standing else { return }
        writer.unsigned(9)
        standing.encode(into: &writer)
    }

    /// Reads a proof file from exactly these bytes.
    ///
    /// - Throws: ``ProofFailure`` at step ``ProofStep/form``.
    public static func decode(_ bytes: [UInt8]) throws(ProofFailure) -> ProofFile {
        try reading("proof file", bytes[...]) { reader throws(CBORError) in
            try ProofFile(from: &reader)
        }
    }

    init(from reader: inout CBORReader) throws(CBORError) {
        let hasStanding = try reader.versionedMap(exactly: 9, orInVersion2: 10)
        try reader.key(1)
        ledger = LedgerID(try reader.digest())
        try reader.key(2)
        entry = Array(try reader.bytes(atMost: Entry.evidenceByteCountMax))
        try reader.key(3)
        signedHeader = Array(try reader.bytes(atMost: 1_024))
        try reader.key(4)
        try reader.array(exactly: 2)
        batchPosition = try reader.unsigned()
        batchPath = try reader.path()
        head = try ClaimedHead(headerKey: 5, from: &reader)
        try reader.key(7)
        try reader.array(exactly: 2)
        leafIndex = try reader.unsigned()
        ledgerPath = try reader.path()
        try reader.key(8)
        issuer = try MapProof(from: &reader)
        if hasStanding { try reader.key(9) }
        standing = hasStanding ? try MapProof(from: &reader) : nil
    }
}
