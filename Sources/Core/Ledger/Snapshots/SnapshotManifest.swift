public import Consensus
public import Cryptography
public import Primitives

/// What a snapshot consists of: the block it is of, and the names of the chunks of its state.
///
/// Every node that cuts a snapshot at a height makes the same manifest. Nothing in one is believed
/// before a quorum's proof for its block, and its chunks before they give the block's state root.
/// Source: `docs/formats/snapshot.md`.
public struct SnapshotManifest: Sendable {
    /// The block after which the state was cut, with its header's parts.
    public let block: Block
    /// The ledger tree after that block.
    public let tree: MerkleFrontier
    /// Who was to vote on that block.
    public let validators: ValidatorSet
    /// How many slots the state map has, the sentinel's included.
    public let slotCount: UInt64
    /// SHA-256 of each chunk, in the order of their slots.
    public let chunks: [Digest]

    public var height: Height { block.header.height }

    /// The most chunks of a snapshot.
    public static let chunkCountMax = 1 << 18
    /// A chunk ends with the record that makes it as long as this, in bytes.
    public static let chunkByteCountGoal = 256 << 10
    /// The longest chunk, in bytes: a record is much shorter than the room above the goal.
    public static let chunkByteCountMax = 8 << 20

    init(
        block: Block, tree: MerkleFrontier, validators: ValidatorSet, slotCount: UInt64,
        chunks: [Digest]
    ) {
        self.block = block
        self.tree = tree
        self.validators = validators
        self.slotCount = slotCount
        self.chunks = chunks
    }

    /// The name of the snapshot: SHA-256 of the manifest's bytes.
    public var digest: Digest { SHA256.hash(encode()) }
}

extension SnapshotManifest {
    /// `[1, block, tree size, [* peak], validators, slots, [* chunk digest]]`.
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 4_096 + 34 * chunks.count)
        writer.array(7)
        writer.unsigned(1)
        writer.bytes(block.encode())
        tree.write(to: &writer)
        writer.bytes(validators.encoded)
        writer.unsigned(slotCount)
        writer.array(chunks.count)
        for chunk in chunks { writer.digest(chunk) }
        return writer.bytes
    }

    /// Reads a manifest from exactly these bytes, whose parts must fit the header in them.
    public static func decode(_ bytes: [UInt8]) throws(LedgerError) -> SnapshotManifest {
        let parts = try reading("snapshot manifest", bytes[...]) { reader throws(CBORError) in
            try Parts(from: &reader)
        }
        let block = try Block.decode(parts.block)
        let header = block.header
        let tree: MerkleFrontier
        let validators: ValidatorSet
        do {
            tree = try MerkleFrontier(size: parts.treeSize, peaks: parts.peaks)
            validators = try ValidatorSet.decode(parts.validators)
        } catch {
            throw .restore("the snapshot's manifest: \(error)")
        }
        guard tree.size == header.treeSize, tree.root == header.treeRoot,
            Block.batchesRoot(block.batches) == header.batchesRoot,
            Block.commitDigest(block.commitProof) == header.previousCommit
        else { throw .restore("the snapshot's parts are not those that its header names") }
        guard parts.slotCount > 0 else {
            throw .restore("the snapshot has no slots; every state has the sentinel's")
        }
        return SnapshotManifest(
            block: block, tree: tree, validators: validators, slotCount: parts.slotCount,
            chunks: parts.chunks)
    }

    private struct Parts {
        let block: [UInt8]
        let treeSize: UInt64
        let peaks: [Digest]
        let validators: [UInt8]
        let slotCount: UInt64
        let chunks: [Digest]

        init(from reader: inout CBORReader) throws(CBORError) {
            try reader.array(exactly: 7)
            try reader.version(1)
            block = Array(try reader.bytes())
            treeSize = try reader.unsigned("tree size", atMost: 1 << 62)
            peaks = try Parts.digests(&reader, atMost: 64)
            validators = Array(try reader.bytes(atMost: 1 << 16))
            slotCount = try reader.unsigned("slots", atMost: UInt64(UInt32.max))
            chunks = try Parts.digests(&reader, atMost: SnapshotManifest.chunkCountMax)
        }

        private static func digests(
            _ reader: inout CBORReader, atMost limit: Int
        ) throws(CBORError) -> [Digest] {
            var digests: [Digest] = []
            for _ in 0..<(try reader.array(atMost: limit)) { digests.append(try reader.digest()) }
            return digests
        }
    }
}
