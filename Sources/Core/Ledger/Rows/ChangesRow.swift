internal import Cryptography
internal import Primitives

/// What a block changed: enough, with the rows before it, to have the state again.
///
/// `[2, block hash, tree size, [* peak], [* [batch digest, first leaf]], first new slot,
/// [* [space, key]], [* [slot, value]], growths]`: the keys of new slots; the values that are no
/// list's head; and the runs of those that are (``HeadGrowth``).
struct ChangesRow {
    let hash: Digest
    let tree: MerkleFrontier
    let committed: [CommittedBatch]
    let changes: StateChanges

    private static let partCount = 9
    private static let version: UInt64 = 2

    func encode() -> [UInt8] {
        let growthByteCount = HeadGrowth.byteCount * changes.peaks.count
        var writer = CBORWriter(
            reservingCapacity: 256 + 48 * committed.count + 24 * changes.newKeys.count
                + 64 * changes.others.count + growthByteCount)
        writer.array(ChangesRow.partCount)
        writer.unsigned(ChangesRow.version)
        writeHead(into: &writer)
        writer.unsigned(UInt64(changes.firstNewSlot))
        writer.array(changes.newKeys.count)
        for key in changes.newKeys {
            writer.array(2)
            writer.unsigned(UInt64(key.space))
            writer.bytes(key.bytes)
        }
        writeItems(into: &writer, growthByteCount)
        return writer.bytes
    }

    /// Writes what rows of every version have in common, after the version.
    func writeHead(into writer: inout CBORWriter) {
        writer.digest(hash)
        tree.write(to: &writer)
        writer.array(committed.count)
        for batch in committed {
            writer.array(2)
            writer.digest(batch.digest)
            writer.unsigned(batch.firstLeaf)
        }
    }

    private func writeItems(into writer: inout CBORWriter, _ growthByteCount: Int) {
        var growths: [UInt8] = []
        growths.reserveCapacity(growthByteCount)
        writer.array(changes.others.count)
        for item in changes.items {
            if item.isHead {
                HeadGrowth(
                    slot: Int(item.slot), total: item.counts.total,
                    peak: changes.peaks[Int(item.place)]
                ).append(to: &growths)
            } else {
                writer.array(2)
                writer.unsigned(UInt64(item.slot))
                writer.bytes(changes.others[Int(item.place)].encoded)
            }
        }
        writer.bytes(growths)
    }
}

extension ChangesRow {
    /// The parts of a row.
    struct Contents {
        let hash: Digest
        let tree: MerkleFrontier
        let committed: [CommittedBatch]
        /// The keys of slots that are new.
        var newKeys: [(slot: Int, key: StateKey)] = []
        /// Values; of an older version's rows, heads among them.
        var values: [(slot: Int, bytes: ArraySlice<UInt8>)] = []
        var growths: [HeadGrowth] = []
    }

    static func decode(_ bytes: [UInt8], at height: Height) throws(LedgerError) -> Contents {
        try reading("changes row", bytes[...]) { reader throws(CBORError) in
            let isFormer = FormerChangesRow.isOne(bytes)
            try reader.array(exactly: isFormer ? FormerChangesRow.partCount : partCount)
            try reader.version(isFormer ? FormerChangesRow.version : version)
            var contents = Contents(
                hash: try reader.digest(), tree: try MerkleFrontier.read(from: &reader),
                committed: try committed(&reader, at: height))
            if isFormer {
                try FormerChangesRow.readChanges(&reader, into: &contents)
            } else {
                try readChanges(&reader, into: &contents)
            }
            return contents
        }
    }

    private static func committed(
        _ reader: inout CBORReader, at height: Height
    ) throws(CBORError) -> [CommittedBatch] {
        var committed: [CommittedBatch] = []
        for _ in 0..<(try reader.array(atMost: Block.batchCountMax)) {
            try reader.array(exactly: 2)
            committed.append(
                CommittedBatch(
                    digest: try reader.digest(), height: height,
                    firstLeaf: try reader.unsigned()))
        }
        return committed
    }

    private static func readChanges(
        _ reader: inout CBORReader, into contents: inout Contents
    ) throws(CBORError) {
        let firstNewSlot = Int(try reader.unsigned("slot", atMost: UInt64(UInt32.max)))
        for index in 0..<(try reader.array(atMost: .max)) {
            try reader.array(exactly: 2)
            contents.newKeys.append((firstNewSlot + index, try reader.stateKey()))
        }
        for _ in 0..<(try reader.array(atMost: .max)) {
            try reader.array(exactly: 2)
            let slot = Int(try reader.unsigned("slot", atMost: UInt64(UInt32.max)))
            contents.values.append((slot, try reader.bytes()))
        }
        let start = reader.offset
        let growths = try reader.bytes()
        guard let list = HeadGrowth.list(growths) else {
            throw .unexpected(
                offset: start, expected: "growths of \(HeadGrowth.byteCount) bytes",
                found: "\(growths.count) bytes")
        }
        contents.growths = list
    }
}
