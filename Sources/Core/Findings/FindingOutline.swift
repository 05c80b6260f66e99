public import Primitives

/// What a finding's body says, read from its bytes, which stay the only truth.
///
/// Values are kept as the CBOR items they are; whoever knows a field's type reads them.
///
/// Source: `docs/formats/finding.md`.
public struct FindingOutline: Hashable, Sendable {
    /// An entry by its place on the ledger.
    public struct Leaf: Hashable, Sendable {
        public let index: UInt64
        public let hash: Digest
    }

    public struct Table: Hashable, Sendable {
        public let name: String
        public let hash: Digest
    }

    /// A value under its name.
    public struct Named: Hashable, Sendable {
        public let name: String
        /// One CBOR item.
        public let item: [UInt8]
    }

    /// An exception that was tried, and what it gave; nil where that is unknown.
    public struct Exception: Hashable, Sendable {
        public let name: String
        public let held: Bool?
    }

    public let rule: String
    public let ruleHash: Digest
    public let languageVersion: UInt64
    /// The knowledge tables that were used, by name.
    public let tables: [Table]
    /// Whom it is about: the name of the type, and the value.
    public let subject: Named
    public let violating: [Leaf]
    public let involved: [Leaf]
    public let values: [Named]
    /// One CBOR item, nil where the finding has no amount.
    public let amount: [UInt8]?
    /// 1 definite, 2 suspicious, 3 data quality.
    public let result: UInt8
    public let basis: [String]
    public let exceptions: [Exception]
    public let reason: String

    /// The most entries that a body names in one of its lists.
    public static let leafCountMax = 4_096

    /// The leaves of all entries that it rests on, increasing.
    public var leaves: [UInt64] {
        Set((violating + involved).map(\.index)).sorted()
    }
}

extension FindingOutline {
    /// Reads a body from exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(CBORError) -> FindingOutline {
        try CBORReader.whole(bytes[...], FindingOutline.init(from:))
    }

    private init(from reader: inout CBORReader) throws(CBORError) {
        let start = reader.offset
        guard try reader.map(atMost: 14) == 14 else {
            throw .unexpected(offset: start, expected: "a map of 14 fields", found: "fewer")
        }
        try reader.key(0)
        try reader.version(1)
        try reader.key(1)
        rule = try reader.text(atMost: 64)
        try reader.key(2)
        ruleHash = try reader.digest()
        try reader.key(3)
        languageVersion = try reader.unsigned()
        try reader.key(4)
        tables = try reader.list(atMost: 256) { reader throws(CBORError) in
            try reader.array(exactly: 2)
            return Table(name: try reader.text(atMost: 64), hash: try reader.digest())
        }
        try reader.key(5)
        subject = try Named(from: &reader)
        try reader.key(6)
        violating = try reader.list(atMost: FindingOutline.leafCountMax, Leaf.init)
        try reader.key(7)
        involved = try reader.list(atMost: FindingOutline.leafCountMax, Leaf.init)
        try reader.key(8)
        values = try reader.list(atMost: 256, Named.init)
        try reader.key(9)
        amount = try reader.isNull() ? nil : Array(reader.item())
        try reader.key(10)
        result = UInt8(try reader.unsigned("result", atMost: 3))
        try reader.key(11)
        basis = try reader.list(atMost: 256) { reader throws(CBORError) in
            try reader.text(atMost: 4_096)
        }
        try reader.key(12)
        exceptions = try reader.list(atMost: 256) { reader throws(CBORError) in
            try reader.array(exactly: 2)
            let name = try reader.text(atMost: 4_096)
            return Exception(name: name, held: try reader.isNull() ? nil : reader.bool())
        }
        try reader.key(13)
        reason = try reader.text(atMost: 65_536)
    }
}

extension FindingOutline.Leaf {
    fileprivate init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 2)
        index = try reader.unsigned()
        hash = try reader.digest()
    }
}

extension FindingOutline.Named {
    fileprivate init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 2)
        name = try reader.text(atMost: 256)
        item = Array(try reader.item())
    }
}
