public import Primitives

/// Ids for names, as far as this node has them.
public struct NamesAnswer: Hashable, Sendable {
    /// In the order of the names; nil where the identity provider is being asked: ask again.
    public let ids: [OpaqueID?]
    /// The places of names by which nobody is known, increasing: only of those who were looked up.
    public let unknown: [Int]
    /// Why there will be none, in words; empty where nothing was refused.
    public let refusal: String

    public init(ids: [OpaqueID?], unknown: [Int] = [], refusal: String = "") {
        self.ids = ids
        self.unknown = unknown
        self.refusal = refusal
    }

    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 32 + ids.count * 18)
        writer.array(unknown.isEmpty ? 3 : 4)
        writer.unsigned(unknown.isEmpty ? 1 : 2)
        writer.text(refusal)
        writer.array(ids.count)
        for id in ids {
            if let id { writer.bytes(id.bytes) } else { writer.null() }
        }
        if !unknown.isEmpty {
            writer.array(unknown.count)
            for place in unknown { writer.unsigned(UInt64(place)) }
        }
        return writer.bytes
    }

    /// Reads an answer from exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(SupervisionError) -> NamesAnswer {
        try reading("answer about names", bytes) { reader throws(CBORError) in
            let start = reader.offset
            let count = try reader.array(atMost: 4)
            guard count == 3 || count == 4 else {
                throw .unexpected(
                    offset: start, expected: "an array of 3 or 4", found: "\(count)")
            }
            try reader.version(count == 3 ? 1 : 2)
            let refusal = try reader.text(atMost: 4_096)
            var ids: [OpaqueID?] = []
            for _ in 0..<(try reader.array(atMost: DeskRequest.namesCountMax)) {
                ids.append(try reader.isNull() ? nil : reader.opaqueID())
            }
            var unknown: [Int] = []
            if count == 4 {
                let last = UInt64(max(0, ids.count - 1))
                for _ in 0..<(try reader.array(atMost: ids.count)) {
                    unknown.append(Int(try reader.unsigned("place", atMost: last)))
                }
            }
            return NamesAnswer(ids: ids, unknown: unknown, refusal: refusal)
        }
    }
}
