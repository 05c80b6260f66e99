public import Consensus
internal import Primitives

/// A record of an archive: a block, why it stands, and its batches.
public struct ArchiveBlock: Sendable {
    /// The block's bytes.
    public let block: [UInt8]
    public let commitProof: CommitProof
    /// The batches' bytes, in the block's order.
    public let batches: [[UInt8]]

    public init(block: [UInt8], commitProof: CommitProof, batches: [[UInt8]]) {
        self.block = block
        self.commitProof = commitProof
        self.batches = batches
    }

    /// The bytes of the record.
    public func encode() -> [UInt8] {
        let count = batches.reduce(block.count) { $0 + $1.count + 8 }
        var writer = CBORWriter(reservingCapacity: count + 8_192)
        writer.array(4)
        writer.unsigned(1)
        writer.bytes(block)
        commitProof.write(to: &writer)
        writer.array(batches.count)
        for batch in batches { writer.bytes(batch) }
        return writer.bytes
    }

    /// Reads a record from exactly these bytes.
    ///
    /// - Throws: ``ProofFailure`` at step ``ProofStep/form``.
    public static func decode(_ bytes: [UInt8]) throws(ProofFailure) -> ArchiveBlock {
        try reading("block of the archive", bytes[...]) { reader throws(CBORError) in
            try reader.array(exactly: 4)
            try reader.version(1)
            let block = Array(try reader.bytes())
            let proof = try CommitProof.read(from: &reader).claimed
            var batches: [[UInt8]] = []
            for _ in 0..<(try reader.array(atMost: 65_536)) {
                batches.append(Array(try reader.bytes()))
            }
            return ArchiveBlock(block: block, commitProof: proof, batches: batches)
        }
    }
}
