internal import Primitives

/// What one node's desk asks another's.
///
/// Bytes: `docs/formats/wire.md`, section "Between desks".
public enum PeerQuestion: Hashable, Sendable {
    /// The bytes of a delivery; answered by a ``DeliveryAnswer``.
    case delivery([UInt8])
    /// The bytes of a ``PseudonymRequest``; answered by a ``PseudonymAnswer``.
    case pseudonyms([UInt8])

    public func encode() -> [UInt8] {
        let (kind, bytes): (UInt64, [UInt8]) =
            switch self {
            case .delivery(let bytes): (1, bytes)
            case .pseudonyms(let bytes): (2, bytes)
            }
        var writer = CBORWriter(reservingCapacity: bytes.count + 16)
        writer.array(3)
        writer.unsigned(1)
        writer.unsigned(kind)
        writer.bytes(bytes)
        return writer.bytes
    }

    /// Reads a question from exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(SupervisionError) -> PeerQuestion {
        try reading("question of a peer", bytes) { reader throws(CBORError) in
            try reader.array(exactly: 3)
            try reader.version(1)
            let start = reader.offset
            let kind = try reader.unsigned()
            let body = Array(try reader.bytes())
            switch kind {
            case 1: return .delivery(body)
            case 2: return .pseudonyms(body)
            default:
                throw .unexpected(
                    offset: start, expected: "a kind of question, 1 or 2", found: "\(kind)")
            }
        }
    }
}
