public import Primitives

/// Says how two patient pseudonyms stand to each other.
public struct LinkBody: Hashable, Sendable {
    public let first: OpaqueID
    public let second: OpaqueID
    public let relation: Relation

    public init(first: OpaqueID, second: OpaqueID, relation: Relation) {
        self.first = first
        self.second = second
        self.relation = relation
    }

    public enum Relation: UInt8, CaseIterable, Sendable {
        /// Both are the same person.
        case same = 1
        /// Both were joined wrongly: undoes an earlier link.
        case notSame = 2
        /// The first is provisional, made offline, and stands for the second.
        case provisional = 3
    }
}

extension LinkBody {
    init(from reader: inout CBORReader) throws(CBORError) {
        try reader.map(exactly: 3)
        try reader.key(0)
        first = try reader.opaqueID()
        try reader.key(1)
        second = try reader.opaqueID()
        try reader.key(2)
        relation = try reader.code("a link relation, 1 to 3")
    }

    func encode(into writer: inout CBORWriter) {
        writer.map(3)
        writer.unsigned(0)
        writer.bytes(first.bytes)
        writer.unsigned(1)
        writer.bytes(second.bytes)
        writer.unsigned(2)
        writer.unsigned(UInt64(relation.rawValue))
    }
}

extension CBORReader {
    /// A text string of 1 to `limit` bytes.
    mutating func nonEmptyText(atMost limit: Int) throws(CBORError) -> String {
        let start = offset
        let text = try text(atMost: limit)
        guard !text.utf8.isEmpty else {
            throw .unexpected(
                offset: start, expected: "a text of 1 to \(limit) bytes", found: "empty text")
        }
        return text
    }

    mutating func day() throws(CBORError) -> Day {
        let start = offset
        guard let number = Int32(exactly: try integer()) else {
            throw .outOfRange(offset: start, what: "day", limit: UInt64(Int32.max))
        }
        return Day(number: number)
    }
}
