public import Primitives
public import Records

/// Facts that are not on the ledger, to be judged as if they were its next entries.
public struct ScreeningQuestion: Hashable, Sendable {
    /// The facts of one entry to be, in the order in which its payload would hold them.
    public struct Item: Hashable, Sendable {
        public let issuer: InstitutionID
        public let facts: [Fact]

        public init(issuer: InstitutionID, facts: [Fact]) {
            self.issuer = issuer
            self.facts = facts
        }
    }

    public let items: [Item]

    /// The most entries in a question.
    public static let itemCountMax = 64

    public init(items: [Item]) {
        self.items = items
    }
}

extension ScreeningQuestion {
    func encode(into writer: inout CBORWriter) {
        writer.array(items.count)
        for item in items {
            writer.array(2)
            writer.institution(item.issuer)
            writer.bytes(Payload(mediaType: "", source: [], facts: item.facts).encode())
        }
    }

    init(from reader: inout CBORReader) throws(CBORError) {
        var items: [Item] = []
        for _ in 0..<(try reader.array(atMost: ScreeningQuestion.itemCountMax)) {
            try reader.array(exactly: 2)
            let issuer = try reader.institution()
            let start = reader.offset
            guard let payload = try? Payload.decode(Array(try reader.bytes())) else {
                throw .unexpected(offset: start, expected: "a payload", found: "other bytes")
            }
            items.append(Item(issuer: issuer, facts: payload.facts))
        }
        self.items = items
    }
}
