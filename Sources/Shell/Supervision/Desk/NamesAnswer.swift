public import Primitives

/// Ids for names, as far as this node has them.
public struct NamesAnswer: Hashable, Sendable {
    /// In the order of the names; nil where the identity provider is being asked: ask again.
    public let ids: [OpaqueID?]
    /// Why there will be none, in words; empty where nothing was refused.
    public let refusal: String

    public init(ids: [OpaqueID?], refusal: String = "") {
        self.ids = ids
        self.refusal = refusal
    }

    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 32 + ids.count * 18)
        writer.array(3)
        writer.unsigned(1)
        writer.text(refusal)
        writer.array(ids.count)
        for id in ids {
            if let id { writer.bytes(id.bytes) } else { writer.null() }
        }
        return writer.bytes
    }

    /// Reads an answer from exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(SupervisionError) -> NamesAnswer {
        try reading("answer about names", bytes) { reader throws(CBORError) in
            try reader.array(exactly: 3)
            try reader.version(1)
            let refusal = try reader.text(atMost: 4_096)
            var ids: [OpaqueID?] = []
            for _ in 0..<(try reader.array(atMost: DeskRequest.namesCountMax)) {
                ids.append(try reader.isNull() ? nil : reader.opaqueID())
            }
            return NamesAnswer(ids: ids, refusal: refusal)
        }
    }
}
