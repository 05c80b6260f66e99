public import Primitives
public import Proofs
public import Records

/// A query, and how its answer is wanted: one page a request.
public struct QueryRequest: Hashable, Sendable {
    public var query: Query
    /// Where the answer goes on: what the page before left over; nil for the first page.
    public var heights: HeightRange?
    public var isNewestFirst: Bool
    /// A page ends with the block that fills it: this many rows that are asked for.
    public var rowCount: UInt64
    /// With the proof that nothing is left out, or rows only.
    public var isProved: Bool
    /// Why it is asked: it stands in clear in the access entry that asking about a patient is.
    public var purpose: AccessHeader.Purpose

    public init(
        _ query: Query, heights: HeightRange? = nil, isNewestFirst: Bool = false,
        rowCount: UInt64 = 1_000, isProved: Bool = true,
        purpose: AccessHeader.Purpose = .supervision
    ) {
        self.query = query
        self.heights = heights
        self.isNewestFirst = isNewestFirst
        self.rowCount = rowCount
        self.isProved = isProved
        self.purpose = purpose
    }
}

/// One page of the answer to a query.
public struct QueryAnswer: Hashable, Sendable {
    /// The bytes of an `AnswerPage`; nil where no proof was wanted.
    public let page: [UInt8]?
    /// The entries that are asked for, in ledger order, where no proof was wanted.
    public let rows: [Row]
    /// The heights that are left over; nil after the last page.
    public let next: HeightRange?

    /// An entry and its place.
    public struct Row: Hashable, Sendable {
        public let height: Height
        public let leafIndex: UInt64
        public let entry: [UInt8]

        public init(height: Height, leafIndex: UInt64, entry: [UInt8]) {
            self.height = height
            self.leafIndex = leafIndex
            self.entry = entry
        }
    }

    public init(page: [UInt8]?, rows: [Row], next: HeightRange?) {
        self.page = page
        self.rows = rows
        self.next = next
    }
}

extension QueryRequest {
    func encode(into writer: inout CBORWriter) {
        query.encode(into: &writer)
        writer.heights(heights)
        writer.bool(isNewestFirst)
        writer.unsigned(rowCount)
        writer.bool(isProved)
        writer.unsigned(UInt64(purpose.rawValue))
    }

    /// How many items ``encode(into:)`` writes.
    static let itemCount = 6

    init(from reader: inout CBORReader) throws(CBORError) {
        let query = try Query(from: &reader)
        let heights = try reader.heights()
        let isNewestFirst = try reader.bool()
        let rowCount = try reader.unsigned()
        let isProved = try reader.bool()
        let start = reader.offset
        let number = try reader.unsigned("purpose", atMost: 255)
        guard let purpose = AccessHeader.Purpose(rawValue: UInt8(number)) else {
            throw .unexpected(
                offset: start, expected: "a purpose of access, 1 to 9", found: "\(number)")
        }
        self.init(
            query, heights: heights, isNewestFirst: isNewestFirst, rowCount: rowCount,
            isProved: isProved, purpose: purpose)
    }
}

extension QueryAnswer {
    public var encoded: [UInt8] {
        let count = rows.reduce(page?.count ?? 0) { $0 + $1.entry.count + 24 }
        var writer = CBORWriter(reservingCapacity: count + 64)
        writer.array(4)
        writer.unsigned(ControlRequest.version)
        if let page { writer.bytes(page) } else { writer.null() }
        writer.array(rows.count)
        for row in rows {
            writer.array(3)
            writer.unsigned(row.height.blocks)
            writer.unsigned(row.leafIndex)
            writer.bytes(row.entry)
        }
        writer.heights(next)
        return writer.bytes
    }

    public static func decode(_ bytes: ArraySlice<UInt8>) throws(CBORError) -> QueryAnswer {
        var reader = CBORReader(bytes)
        try reader.array(exactly: 4)
        _ = try reader.unsigned("version", atMost: ControlRequest.version)
        let page = try reader.isNull() ? nil : Array(try reader.bytes())
        var rows: [Row] = []
        for _ in 0..<(try reader.array(atMost: .max)) {
            try reader.array(exactly: 3)
            rows.append(
                Row(
                    height: Height(try reader.unsigned()), leafIndex: try reader.unsigned(),
                    entry: Array(try reader.bytes())))
        }
        let answer = QueryAnswer(page: page, rows: rows, next: try reader.heights())
        try reader.finish()
        return answer
    }
}

extension CBORWriter {
    fileprivate mutating func heights(_ range: HeightRange?) {
        guard let range else { return null() }
        array(2)
        unsigned(range.first.blocks)
        unsigned(range.last.blocks)
    }
}

extension CBORReader {
    fileprivate mutating func heights() throws(CBORError) -> HeightRange? {
        guard try !isNull() else { return nil }
        try array(exactly: 2)
        return HeightRange(Height(try unsigned()), Height(try unsigned()))
    }
}
