internal import Cryptography
internal import Primitives

/// What a block changed: enough, with the rows before it, to have the state again.
///
/// `[1, block hash, tree size, [* peak], [* [batch digest, first leaf]], [* change]]`, where a
/// change is `[slot, value, ? space, ? key]`: key and space where the slot is new.
struct ChangesRow {
    let hash: Digest
    let tree: MerkleFrontier
    let committed: [CommittedBatch]
    let changes: StateChanges

    func encode() -> [UInt8] {
        var writer = CBORWriter(
            reservingCapacity: 256 + 48 * committed.count + 160 * changes.items.count)
        writer.array(6)
        writer.unsigned(1)
        writer.digest(hash)
        writer.unsigned(tree.size)
        writer.array(tree.peaks.count)
        for peak in tree.peaks { writer.digest(peak) }
        writer.array(committed.count)
        for batch in committed {
            writer.array(2)
            writer.digest(batch.digest)
            writer.unsigned(batch.firstLeaf)
        }
        writer.array(changes.items.count)
        var value = LeafBuffer()
        for item in changes.items {
            changes.append(item, to: &value)
            writer.array(item.isNew ? 4 : 2)
            writer.unsigned(UInt64(item.slot))
            unsafe value.take { unsafe writer.bytes($0) }
            guard item.isNew else { continue }
            let key = changes.newKeys[Int(item.slot) - changes.firstNewSlot]
            writer.unsigned(UInt64(key.space))
            writer.bytes(key.bytes)
        }
        return writer.bytes
    }
}

extension ChangesRow {
    /// A change as it was stored; the key is there where the slot was new.
    struct Stored {
        let slot: Int
        let value: [UInt8]
        let key: StateKey?
    }

    /// The parts of a row.
    struct Contents {
        let hash: Digest
        let tree: MerkleFrontier
        let committed: [CommittedBatch]
        let changes: [Stored]
    }

    static func decode(_ bytes: [UInt8], at height: Height) throws(LedgerError) -> Contents {
        try reading("changes row", bytes[...]) { reader throws(CBORError) in
            try reader.array(exactly: 6)
            try reader.version(1)
            let hash = try reader.digest()
            let tree = try frontier(&reader)
            var committed: [CommittedBatch] = []
            for _ in 0..<(try reader.array(atMost: Block.batchCountMax)) {
                try reader.array(exactly: 2)
                committed.append(
                    CommittedBatch(
                        digest: try reader.digest(), height: height,
                        firstLeaf: try reader.unsigned()))
            }
            var changes: [Stored] = []
            for _ in 0..<(try reader.array(atMost: .max)) {
                changes.append(try stored(&reader))
            }
            return Contents(hash: hash, tree: tree, committed: committed, changes: changes)
        }
    }

    private static func frontier(
        _ reader: inout CBORReader
    ) throws(CBORError) -> MerkleFrontier {
        let start = reader.offset
        let size = try reader.unsigned("tree size", atMost: 1 << 62)
        var peaks: [Digest] = []
        for _ in 0..<(try reader.array(atMost: 64)) { peaks.append(try reader.digest()) }
        guard let frontier = try? MerkleFrontier(size: size, peaks: peaks) else {
            throw .unexpected(
                offset: start, expected: "\(size.nonzeroBitCount) peaks",
                found: "\(peaks.count)")
        }
        return frontier
    }

    private static func stored(_ reader: inout CBORReader) throws(CBORError) -> Stored {
        let count = try reader.array(atMost: 4)
        let slot = Int(try reader.unsigned("slot", atMost: UInt64(UInt32.max)))
        let value = Array(try reader.bytes())
        guard count == 4 else { return Stored(slot: slot, value: value, key: nil) }
        return Stored(slot: slot, value: value, key: try reader.stateKey())
    }
}

extension CBORReader {
    /// Space and bytes of a key, as rows have them.
    mutating func stateKey() throws(CBORError) -> StateKey {
        let start = offset
        let space = UInt8(try unsigned("space", atMost: 255))
        let bytes = Array(try bytes())
        guard let key = StateKey(space: space, bytes: bytes) else {
            throw .unexpected(
                offset: start, expected: "a key of space \(space)", found: bytes.hex)
        }
        return key
    }
}
