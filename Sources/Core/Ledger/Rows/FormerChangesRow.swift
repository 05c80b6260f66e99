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

extension LedgerRow {
    /// Whether two changes rows were written in one form, so that they can be compared.
    public static func areOfOneForm(_ first: [UInt8], _ second: [UInt8]) -> Bool {
        FormerChangesRow.isOne(first) == FormerChangesRow.isOne(second)
    }
}

extension LedgerState {
    /// What an older version left on the disk for a row of the last block.
    ///
    /// With it, bytes that were found can be held against what the block gives.
    ///
    /// - Parameters:
    ///   - row: one of those that ``apply(_:)`` gave.
    ///   - executed: the last block.
    ///   - found: the bytes that stand on the disk in the row's place.
    /// - Returns: `row` itself where its form is the one that was found.
    public func row(
        _ row: LedgerRow, of executed: ExecutedBlock, inTheFormOf found: [UInt8]
    ) -> LedgerRow {
        guard row.kind == .changes, FormerChangesRow.isOne(found) else { return row }
        return LedgerRow(
            kind: row.kind, number: row.number,
            bytes: FormerChangesRow.encode(executed.changesRow, map))
    }
}
