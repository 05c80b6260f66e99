internal import Consensus
public import Primitives

/// How the write-ahead log keeps a host's records: `[1, record]` or `[2, height, batch]`.
extension HostRecord {
    /// The height that it is of.
    public var height: Height {
        switch self {
        case .replica(let record): record.height
        case .batch(let height, _): height
        }
    }

    /// Its bytes (`docs/formats/log.md`).
    public var encoded: [UInt8] {
        switch self {
        case .replica(let record):
            let bytes = record.encoded
            var writer = CBORWriter(reservingCapacity: bytes.count + 8)
            writer.array(2)
            writer.unsigned(1)
            writer.bytes(bytes)
            return writer.bytes
        case .batch(let height, let bytes):
            var writer = CBORWriter(reservingCapacity: bytes.count + 24)
            writer.array(3)
            writer.unsigned(2)
            writer.unsigned(height.blocks)
            writer.bytes(bytes)
            return writer.bytes
        }
    }

    /// Reads what ``encoded`` gave.
    public static func decode(_ bytes: ArraySlice<UInt8>) throws(CBORError) -> HostRecord {
        var reader = CBORReader(bytes)
        let start = reader.offset
        let count = try reader.array(atMost: 3)
        switch (try reader.unsigned("kind of record", atMost: 2), count) {
        case (1, 2):
            let record = try LogRecord.decode(try reader.bytes())
            try reader.finish()
            return .replica(record)
        case (2, 3):
            let height = Height(try reader.unsigned())
            let batch = Array(try reader.bytes())
            try reader.finish()
            return .batch(height: height, bytes: batch)
        case (let kind, _):
            throw .unexpected(
                offset: start, expected: "a record of kind 1 or 2", found: "kind \(kind)")
        }
    }
}
