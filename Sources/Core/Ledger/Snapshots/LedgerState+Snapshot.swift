internal import Consensus
internal import Cryptography
public import Primitives

extension LedgerState {
    /// Cuts a snapshot of this state, which is the one after `block`.
    ///
    /// - Parameters:
    ///   - block: the head's.
    ///   - keep: called with each chunk and its name, in order.
    /// - Returns: the manifest; nil where no state map is kept, by which it could be checked.
    /// - Throws: what `keep` throws.
    public func cutSnapshot<Failure: Error>(
        after block: Block, _ keep: (_ name: Digest, _ chunk: [UInt8]) throws(Failure) -> Void
    ) throws(Failure) -> SnapshotManifest? {
        guard map.tree != nil, block.hash == head.hash else { return nil }
        var names: [Digest] = []
        for slots in snapshotRanges {
            let chunk = SnapshotChunk.encode(map, slots)
            let name = SHA256.hash(chunk)
            try keep(name, chunk)
            names.append(name)
        }
        return SnapshotManifest(
            block: block, tree: head.tree, validators: validators(at: head.height),
            slotCount: UInt64(map.slotCount), chunks: names)
    }

    /// The rows of a disk on which this state is the first: a restart needs no others.
    public func foundingRows(after block: Block) -> [LedgerRow] {
        let changes = ChangesRow(
            hash: head.hash, tree: head.tree, committed: [], changes: .none)
        var rows = [
            LedgerRow(kind: .block, number: 0, bytes: block.encode()),
            LedgerRow(kind: .changes, number: 0, bytes: changes.encode()),
        ]
        for (number, slots) in snapshotRanges.enumerated() {
            let chunk = SnapshotCursor.Chunk(
                height: head.height, slots: slots, turnStart: head.height.next,
                lastTurnStart: head.height)
            rows.append(ChunkRow(chunk, of: map).row(number: UInt64(number)))
        }
        return rows
    }

    /// The slots of each chunk, after the sentinel's: cut by the length of what stands in them.
    private var snapshotRanges: [Range<Int>] {
        var ranges: [Range<Int>] = []
        var first = 1
        var byteCount = 0
        var value = ValueBuffer()
        for slot in 1..<max(1, map.slotCount) {
            map.append(valueOf: slot, to: &value)
            unsafe value.take { byteCount += $0.count }
            byteCount += map.keys[slot].bytes.count + SnapshotChunk.headsByteCount
            guard byteCount >= SnapshotManifest.chunkByteCountGoal else { continue }
            ranges.append(first..<slot + 1)
            first = slot + 1
            byteCount = 0
        }
        if first < map.slotCount { ranges.append(first..<map.slotCount) }
        return ranges
    }
}

/// A piece of a snapshot: `[1, first slot, [* [space, key, value]]]`.
enum SnapshotChunk {
    /// What a slot adds to a chunk beside key and value, but for a few bytes.
    static let headsByteCount = 8

    static func encode(_ map: StateMap, _ slots: Range<Int>) -> [UInt8] {
        var writer = CBORWriter(
            reservingCapacity: SnapshotManifest.chunkByteCountGoal + (4 << 10))
        writer.array(3)
        writer.unsigned(1)
        writer.unsigned(UInt64(slots.lowerBound))
        writer.array(slots.count)
        var value = ValueBuffer()
        for slot in slots {
            map.append(valueOf: slot, to: &value)
            writer.array(3)
            writer.unsigned(UInt64(map.keys[slot].space))
            writer.bytes(map.keys[slot].bytes)
            unsafe value.take { unsafe writer.bytes($0) }
        }
        return writer.bytes
    }

    static func decode(
        _ bytes: [UInt8]
    ) throws(LedgerError) -> (firstSlot: UInt64, records: [(key: StateKey, value: [UInt8])]) {
        try reading("snapshot chunk", bytes[...]) { reader throws(CBORError) in
            try reader.array(exactly: 3)
            try reader.version(1)
            let first = try reader.unsigned("slot", atMost: UInt64(UInt32.max))
            var records: [(key: StateKey, value: [UInt8])] = []
            for _ in 0..<(try reader.array(atMost: .max)) {
                try reader.array(exactly: 3)
                records.append((try reader.stateKey(), Array(try reader.bytes())))
            }
            return (first, records)
        }
    }
}
