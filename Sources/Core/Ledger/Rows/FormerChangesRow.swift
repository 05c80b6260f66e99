internal import Cryptography
internal import Primitives

/// The changes row of older versions, which had the whole value of each slot.
///
/// `[1, block hash, tree size, [* peak], [* [batch digest, first leaf]], [* change]]`, where a
/// change is `[slot, value, ? space, ? key]`: key and space where the slot is new.
enum FormerChangesRow {
    static let partCount = 6
    static let version: UInt64 = 1

    /// Whether a changes row is one of these.
    static func isOne(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: [0x80 | UInt8(partCount), UInt8(version)])
    }

    /// What an older version wrote of a block; `map` is the one after it.
    static func encode(_ row: ChangesRow, _ map: StateMap) -> [UInt8] {
        var writer = CBORWriter()
        writer.array(partCount)
        writer.unsigned(version)
        row.writeHead(into: &writer)
        writer.array(row.changes.items.count)
        for item in row.changes.items {
            let slot = Int(item.slot)
            writer.array(item.isNew ? 4 : 2)
            writer.unsigned(UInt64(slot))
            writer.bytes(map.value(ofSlot: slot).encoded)
            guard item.isNew else { continue }
            writer.unsigned(UInt64(map.keys[slot].space))
            writer.bytes(map.keys[slot].bytes)
        }
        return writer.bytes
    }

    static func readChanges(
        _ reader: inout CBORReader, into contents: inout ChangesRow.Contents
    ) throws(CBORError) {
        for _ in 0..<(try reader.array(atMost: .max)) {
            let count = try reader.array(atMost: 4)
            let slot = Int(try reader.unsigned("slot", atMost: UInt64(UInt32.max)))
            contents.values.append((slot, try reader.bytes()))
            if count == 4 { contents.newKeys.append((slot, try reader.stateKey())) }
        }
    }
}
