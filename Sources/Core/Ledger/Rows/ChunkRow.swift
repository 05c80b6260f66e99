internal import Primitives

/// A piece of the whole state, as it is after a block.
///
/// `[1, first slot, next slot, turn start, last turn start or null, [* [space, key, value]]]`: the
/// third to fifth say where the snapshot stands after this chunk.
struct ChunkRow {
    private let chunk: SnapshotCursor.Chunk
    private let map: StateMap

    init(_ chunk: SnapshotCursor.Chunk, of map: StateMap) {
        self.chunk = chunk
        self.map = map
    }

    var row: LedgerRow { row(number: 0) }

    /// The row, as one of several of its height.
    func row(number: UInt64) -> LedgerRow {
        LedgerRow(kind: .chunk, number: number, bytes: encode())
    }

    private func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 64 + 192 * chunk.slots.count)
        writer.array(6)
        writer.unsigned(1)
        writer.unsigned(UInt64(chunk.slots.lowerBound))
        writer.unsigned(
            chunk.slots.upperBound == map.slotCount ? 0 : UInt64(chunk.slots.upperBound))
        writer.unsigned(chunk.turnStart.blocks)
        if let start = chunk.lastTurnStart {
            writer.unsigned(start.blocks)
        } else {
            writer.null()
        }
        writer.array(chunk.slots.count)
        var value = ValueBuffer()
        for slot in chunk.slots {
            map.append(valueOf: slot, to: &value)
            writer.array(3)
            writer.unsigned(UInt64(map.keys[slot].space))
            writer.bytes(map.keys[slot].bytes)
            unsafe value.take { unsafe writer.bytes($0) }
        }
        return writer.bytes
    }

    /// The parts of a row.
    struct Contents {
        let firstSlot: Int
        let cursor: SnapshotCursor
        let records: [(key: StateKey, value: ArraySlice<UInt8>)]
    }

    static func decode(_ bytes: [UInt8]) throws(LedgerError) -> Contents {
        try reading("chunk row", bytes[...]) { reader throws(CBORError) in
            try reader.array(exactly: 6)
            try reader.version(1)
            let firstSlot = Int(try reader.unsigned("slot", atMost: UInt64(UInt32.max)))
            var cursor = SnapshotCursor()
            cursor.nextSlot = Int(try reader.unsigned("slot", atMost: UInt64(UInt32.max)))
            cursor.turnStart = try reader.height()
            cursor.lastTurnStart = try reader.isNull() ? nil : try reader.height()
            var records: [(key: StateKey, value: ArraySlice<UInt8>)] = []
            for _ in 0..<(try reader.array(atMost: .max)) {
                try reader.array(exactly: 3)
                records.append((try reader.stateKey(), try reader.bytes()))
            }
            return Contents(firstSlot: firstSlot, cursor: cursor, records: records)
        }
    }
}
