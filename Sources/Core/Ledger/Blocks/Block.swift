internal import Cryptography
public import Primitives

/// A header, the names of the batches in their order, and the proof that the block before stands.
///
/// Batches travel beside it. The commit proof is kept as the bytes that came: this room does not
/// know what a vote is.
public struct Block: Hashable, Sendable {
    public let header: BlockHeader
    /// SHA-256 of the header's bytes: the block's name.
    public let hash: Digest
    /// In order; an empty list is a heartbeat.
    public let batches: [Digest]
    /// The previous height's commit proof, one CBOR item; nil at height 1.
    public let commitProof: [UInt8]?

    /// The most batches of a block.
    public static let batchCountMax = 16_384
    /// The longest commit proof, in bytes.
    public static let commitProofByteCountMax = 65_536

    public init(header: BlockHeader, batches: [Digest], commitProof: [UInt8]?) {
        self.header = header
        self.hash = header.hash
        self.batches = batches
        self.commitProof = commitProof
    }

    /// The root of the tree whose leaves are these batch digests.
    public static func batchesRoot(_ digests: [Digest]) -> Digest {
        MerkleTree.root(of: digests.map { SHA256.leaf($0.bytes) })
    }

    /// What a header says of the commit proof that its block carries.
    public static func commitDigest(_ commitProof: [UInt8]?) -> Digest {
        commitProof.map { SHA256.hash($0) } ?? .zero
    }
}

extension Block {
    /// The block's bytes.
    public func encode() -> [UInt8] {
        let headerBytes = header.encode()
        var writer = CBORWriter(
            reservingCapacity: headerBytes.count + 34 * batches.count
                + (commitProof?.count ?? 1) + 16)
        writer.array(4)
        writer.unsigned(1)
        writer.bytes(headerBytes)
        writer.array(batches.count)
        for batch in batches { writer.digest(batch) }
        if let commitProof {
            writer.encoded(commitProof)
        } else {
            writer.null()
        }
        return writer.bytes
    }

    /// Reads a block from exactly these bytes.
    ///
    /// Whether header and parts agree is what ``LedgerState/check(_:with:)`` answers.
    public static func decode(_ bytes: ArraySlice<UInt8>) throws(LedgerError) -> Block {
        let parts = try reading("block", bytes) { reader throws(CBORError) in
            try Parts(from: &reader)
        }
        return Block(
            header: try BlockHeader.decode(parts.header), batches: parts.batches,
            commitProof: parts.commitProof.map(Array.init))
    }

    /// Reads a block from exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(LedgerError) -> Block {
        try decode(bytes[...])
    }

    private struct Parts {
        let header: ArraySlice<UInt8>
        let batches: [Digest]
        let commitProof: ArraySlice<UInt8>?

        init(from reader: inout CBORReader) throws(CBORError) {
            try reader.array(exactly: 4)
            try reader.version(1)
            header = try reader.bytes(atMost: 1_024)
            let count = try reader.array(atMost: Block.batchCountMax)
            var batches: [Digest] = []
            batches.reserveCapacity(count)
            for _ in 0..<count { batches.append(try reader.digest()) }
            self.batches = batches
            guard try !reader.isNull() else {
                commitProof = nil
                return
            }
            let start = reader.offset
            let proof = try reader.item(depthLimit: 6)
            guard proof.count <= Block.commitProofByteCountMax else {
                throw .outOfRange(
                    offset: start, what: "length of the commit proof",
                    limit: UInt64(Block.commitProofByteCountMax))
            }
            commitProof = proof
        }
    }
}
