internal import Primitives

/// What one node's desk asks another's.
///
/// Bytes: `docs/formats/wire.md`, section "Between desks".
public enum PeerQuestion: Hashable, Sendable {
    /// The bytes of a delivery; answered by a ``DeliveryAnswer``.
    case delivery([UInt8])
    /// The bytes of a ``PseudonymRequest``; answered by a ``PseudonymAnswer``.
    case pseudonyms([UInt8])
    /// The patient keys after the first so many; answered by a `PersonKeyAnswer`.
    case personKeys(after: UInt64)

    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 16)
        writer.array(3)
        writer.unsigned(1)
        switch self {
        case .delivery(let bytes):
            writer.unsigned(1)
            writer.bytes(bytes)
        case .pseudonyms(let bytes):
            writer.unsigned(2)
            writer.bytes(bytes)
        case .personKeys(let number):
            writer.unsigned(3)
            writer.unsigned(number)
        }
        return writer.bytes
    }

    /// Reads a question from exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(SupervisionError) -> PeerQuestion {
        try reading("question of a peer", bytes) { reader throws(CBORError) in
            try reader.array(exactly: 3)
            try reader.version(1)
            let start = reader.offset
            let kind = try reader.unsigned()
            switch kind {
            case 1: return .delivery(Array(try reader.bytes()))
            case 2: return .pseudonyms(Array(try reader.bytes()))
            case 3: return .personKeys(after: try reader.unsigned())
            default:
                throw .unexpected(
                    offset: start, expected: "a kind of question, 1 to 3", found: "\(kind)")
            }
        }
    }
}
