public import Primitives

/// What one node's desk asks another's.
///
/// Bytes: `docs/formats/wire.md`, section "Between desks".
public enum PeerQuestion: Hashable, Sendable {
    /// The bytes of a delivery; answered by a ``DeliveryAnswer``.
    case delivery([UInt8])
    /// The bytes of a ``PseudonymRequest``; answered by a ``PseudonymAnswer``.
    case pseudonyms([UInt8])
    /// The hashes of canonical rules; answered by those that the peer has: `[1, [* bstr]]`.
    case rules([Digest])
    /// A knowledge table, or a part of it; answered by a ``TableAnswer``.
    case table(TableQuestion)
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
        case .rules(let hashes):
            writer.unsigned(4)
            writer.array(hashes.count)
            for hash in hashes { writer.digest(hash) }
        case .table(let question):
            writer.unsigned(5)
            writer.array(2)
            writer.digest(question.table)
            switch question {
            case .outline: writer.null()
            case .chunks(_, let first): writer.unsigned(UInt64(first))
            }
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
            case 4:
                var hashes: [Digest] = []
                for _ in 0..<(try reader.array(atMost: RuleRequests.countMax)) {
                    hashes.append(try reader.digest())
                }
                return .rules(hashes)
            case 5:
                try reader.array(exactly: 2)
                let hash = try reader.digest()
                if try reader.isNull() { return .table(.outline(hash)) }
                let first = try reader.unsigned("chunk", atMost: UInt64(UInt32.max))
                return .table(.chunks(hash, from: Int(first)))
            default:
                throw .unexpected(
                    offset: start, expected: "a kind of question, 1 to 5", found: "\(kind)")
            }
        }
    }
}

extension PeerQuestion {
    /// The answer to a question for rules: `[1, [* bstr]]`.
    static func answer(rules: [[UInt8]]) -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 64 + rules.reduce(0) { $0 + $1.count })
        writer.array(2)
        writer.unsigned(1)
        writer.array(rules.count)
        for rule in rules { writer.bytes(rule) }
        return writer.bytes
    }

    static func rules(inAnswer bytes: [UInt8]) throws(SupervisionError) -> [[UInt8]] {
        try reading("answer with rules", bytes) { reader throws(CBORError) in
            try reader.array(exactly: 2)
            try reader.version(1)
            var rules: [[UInt8]] = []
            for _ in 0..<(try reader.array(atMost: RuleRequests.countMax)) {
                rules.append(Array(try reader.bytes()))
            }
            return rules
        }
    }
}
