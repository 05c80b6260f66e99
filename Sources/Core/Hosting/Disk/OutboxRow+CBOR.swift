public import Primitives
public import Records

/// How the log of a node's outboxes keeps a row: `[1, stream, number, next number, entry]`.
extension OutboxRow {
    /// The row's bytes in the log of all streams (`docs/formats/log.md`).
    public func encoded(of stream: StreamID) -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: entry.count + 32)
        writer.array(5)
        writer.unsigned(1)
        writer.unsigned(UInt64(stream.number))
        writer.unsigned(number)
        writer.unsigned(nextNumber)
        writer.bytes(entry)
        return writer.bytes
    }

    /// Reads a row, and whose it is.
    public static func decode(
        _ bytes: ArraySlice<UInt8>
    ) throws(CBORError) -> (StreamID, OutboxRow) {
        var reader = CBORReader(bytes)
        try reader.array(exactly: 5)
        try reader.version(1)
        let stream = try reader.stream()
        let number = try reader.unsigned()
        let next = try reader.unsigned()
        let entry = Array(try reader.bytes())
        try reader.finish()
        return (stream, OutboxRow(number: number, entry: entry, nextNumber: next))
    }
}
