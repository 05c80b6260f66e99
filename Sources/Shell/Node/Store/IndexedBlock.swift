internal import Ledger
internal import Primitives

/// A block as the entry index has it: which leaves are its, when it was decided, and what its
/// batches are called.
///
/// All that an answer about one of its entries says of the block, so that its own row, which lies
/// beside its batches, is not read for it.
struct IndexedBlock: Equatable, Sendable {
    let height: Height
    let time: Timestamp
    let firstLeaf: UInt64
    /// How many entries it has.
    let count: UInt64
    /// In order; empty where they were pruned when the row was written.
    let batches: [Batch]

    struct Batch: Equatable, Sendable {
        let digest: Digest
        /// How many entries it has.
        let count: UInt32
    }

    /// Which entry of the block it is; nil where it is none.
    func position(of leaf: UInt64) -> UInt64? {
        leaf >= firstLeaf && leaf - firstLeaf < count ? leaf - firstLeaf : nil
    }

    /// Where an entry stands: batch of the block, entry of the batch; nil where it is none of
    /// this block, or its batches were pruned.
    func place(ofLeaf leaf: UInt64) -> (batch: Int, entry: Int)? {
        guard var rest = position(of: leaf) else { return nil }
        for (number, batch) in batches.enumerated() {
            if rest < batch.count { return (number, Int(rest)) }
            rest -= UInt64(batch.count)
        }
        return nil
    }
}

extension IndexedBlock {
    init(_ executed: ExecutedBlock) {
        self.init(
            height: executed.header.height, time: executed.header.time,
            firstLeaf: executed.firstLeaf, count: UInt64(executed.leafHashes.count),
            batches: executed.batches.map { batch in
                Batch(digest: batch.digest, count: UInt32(batch.header.count))
            })
    }

    /// Height, time, first leaf and count with 8 bytes each, then digest and count of each batch
    /// with 32 and 4.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32 + 36 * batches.count)
        bytes += height.blocks.bigEndianBytes
        bytes += UInt64(bitPattern: time.milliseconds).bigEndianBytes
        bytes += firstLeaf.bigEndianBytes + count.bigEndianBytes
        for batch in batches {
            bytes += batch.digest.bytes
            bytes += UInt64(batch.count).bigEndianBytes.suffix(4)
        }
        return bytes
    }

    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 32, (bytes.count - 32) % 36 == 0 else { return nil }
        height = Height(bytes.bigEndian(at: 0))
        time = Timestamp(milliseconds: Int64(bitPattern: bytes.bigEndian(at: 8)))
        firstLeaf = bytes.bigEndian(at: 16)
        count = bytes.bigEndian(at: 24)
        batches = stride(from: 32, to: bytes.count, by: 36).compactMap { start in
            Digest(bytes[start..<start + 32]).map { digest in
                Batch(
                    digest: digest,
                    count: bytes.bigEndian(at: start + 32, as: UInt32.self))
            }
        }
    }
}
