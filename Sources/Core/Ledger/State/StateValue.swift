internal import Primitives

/// What stands under a key of the map.
///
/// Numbers and heads are kept as values, since they change with nearly every block.
public enum StateValue: Hashable, Sendable {
    /// CBOR, as the table of `docs/formats/state.md` says for the space.
    case bytes([UInt8])
    /// A CBOR unsigned integer.
    case number(UInt64)
    case head(TermHead)
    /// The key was deleted and keeps its slot.
    case deleted

    /// The value's bytes, as the map's leaf covers them.
    public var encoded: [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return bytes
    }

    func append(to bytes: inout some ByteSink & ~Copyable) {
        switch self {
        case .bytes(let value): bytes.append(contentsOf: value)
        case .number(let number):
            var writer = CBORWriter(reservingCapacity: 9)
            writer.unsigned(number)
            bytes.append(contentsOf: writer.bytes)
        case .head(let head): head.append(to: &bytes)
        case .deleted: bytes.append(0xf6)
        }
    }

    /// The value with these bytes under `key`, or nil where they are none.
    init?(_ bytes: [UInt8], under key: StateKey) {
        if bytes == [0xf6] {
            self = .deleted
            return
        }
        switch key {
        case .term:
            guard let head = TermHead(bytes) else { return nil }
            self = .head(head)
        case .nextNumber:
            var reader = CBORReader(bytes)
            guard let number = try? reader.unsigned(), reader.isAtEnd else { return nil }
            self = .number(number)
        default: self = .bytes(bytes)
        }
    }
}
