internal import Primitives
internal import RuleLanguage

/// Reads every row of a table once: that all are canonical, in order, and that no two have one key
/// and a common day; and makes the index of what it saw.
///
/// Rows are copied a window at a time, so that it takes as little memory for millions of them.
struct TableCheck {
    private let bytes: TableBytes
    private let head: KnowledgeTable.Head
    /// Whether every value has one form only in strict CBOR, so that none need be made of bytes.
    private let isPlain: Bool
    private var builder: TableIndex.Builder
    /// The first row of the present key, and how many bytes stand before its validity.
    private var group: (first: Int, keyByteCount: Int)?

    private static let windowByteCount = 1 << 20

    init(_ bytes: TableBytes, _ head: KnowledgeTable.Head) {
        self.bytes = bytes
        self.head = head
        isPlain = (head.schema.keys + head.schema.values).allSatisfy {
            TableCheck.isPlain($0.type)
        }
        builder = TableIndex.Builder(rowCount: head.rowCount)
    }

    mutating func run() throws(KnowledgeError) -> TableIndex {
        var window = head.byteCount
        var reader = CBORReader([])
        var end = window
        for number in 0..<head.rowCount {
            let start = window + reader.offset
            if reader.remaining <= TableOutline.rowByteCountMax, end < bytes.count {
                window = start
                end = min(bytes.count, start + TableCheck.windowByteCount)
                reader = CBORReader(bytes.copy(start..<end))
            }
            let before = reader.offset
            let keyByteCount: Int
            do throws(CBORError) {
                keyByteCount = try row(from: &reader) - before
            } catch {
                throw .malformed(error.moved(by: window))
            }
            try take(
                number, start..<window + reader.offset, keyByteCount: keyByteCount)
        }
        guard window + reader.offset == bytes.count else {
            throw .malformed(
                .trailingBytes(
                    offset: window + reader.offset,
                    count: bytes.count - window - reader.offset))
        }
        try closeGroup(end: head.rowCount)
        builder.add(start: bytes.count)
        return builder.finish()
    }

    /// Takes a row, after those before it.
    private mutating func take(
        _ number: Int, _ range: Range<Int>, keyByteCount: Int
    ) throws(KnowledgeError) {
        guard range.count <= TableOutline.rowByteCountMax else {
            throw .malformed(
                .outOfRange(
                    offset: range.lowerBound, what: "row",
                    limit: UInt64(TableOutline.rowByteCountMax)))
        }
        if number > 0 {
            let last = builder.start(of: number - 1)..<range.lowerBound
            guard bytes.precedes(last, range) else {
                throw .malformed(
                    .unexpected(
                        offset: range.lowerBound,
                        expected: "rows in the order of their bytes, each once",
                        found: "others"))
            }
        }
        builder.add(start: range.lowerBound)
        if let group {
            let start = builder.start(of: group.first)
            let isSame =
                keyByteCount == group.keyByteCount
                && bytes.areSame(
                    start..<start + keyByteCount,
                    range.lowerBound..<range.lowerBound + keyByteCount)
            if isSame { return }
            try closeGroup(end: number)
        }
        group = (number, keyByteCount)
    }

    /// Notes the rows of a key; throws where two of them have a common day.
    private mutating func closeGroup(end: Int) throws(KnowledgeError) {
        guard let group else { return }
        let start = builder.start(of: group.first)
        builder.add(bytes.copy(start..<start + group.keyByteCount), rows: group.first..<end)
        guard end - group.first > 1 else { return }
        var spans: [(first: Int32, last: Int32)] = []
        for row in group.first..<end { spans.append(validity(row, group.keyByteCount)) }
        var last = Int64.min
        for span in spans.sorted(by: { $0 < $1 }) where span.first <= span.last {
            guard Int64(span.first) > last else {
                var reader = CBORReader(bytes.copy(start..<min(bytes.count, start + 65_536)))
                let row = try? KnowledgeTable.row(head.schema, from: &reader)
                throw .twoRows(table: head.schema.name, key: row?.keyText ?? "")
            }
            last = Int64(span.last)
        }
    }

    private func validity(_ row: Int, _ keyByteCount: Int) -> (first: Int32, last: Int32) {
        var place = builder.start(of: row) + keyByteCount
        let from = bytes.day(at: &place)
        return (from ?? .min, bytes.day(at: &place) ?? .max)
    }

    /// Reads over a row, and says where its keys end.
    private func row(from reader: inout CBORReader) throws(CBORError) -> Int {
        let start = reader.offset
        guard isPlain else {
            let row = try KnowledgeTable.row(head.schema, from: &reader)
            let end = reader.slice(from: start)
            guard end.elementsEqual(KnowledgeTable.encode(row)) else {
                throw .unexpected(
                    offset: start, expected: "values in their shortest form", found: "others")
            }
            var again = CBORReader(end)
            try again.array(exactly: 4)
            _ = try again.item()
            return start + again.offset
        }
        try reader.array(exactly: 4)
        try reader.array(exactly: head.schema.keys.count)
        for column in head.schema.keys { try skip(column.type, &reader) }
        let keyEnd = reader.offset
        _ = try KnowledgeTable.day(from: &reader)
        _ = try KnowledgeTable.day(from: &reader)
        try reader.array(exactly: head.schema.values.count)
        for column in head.schema.values where try !reader.isNull() {
            try skip(column.type, &reader)
        }
        return keyEnd
    }

    /// Reads over a value of a plain type.
    private func skip(_ type: RuleType, _ reader: inout CBORReader) throws(CBORError) {
        switch type {
        case .bool: _ = try reader.bool()
        case .integer: _ = try reader.integer()
        case .text: _ = try reader.utf8(atMost: 4_096)
        case .date:
            guard try !reader.isNull() else {
                throw .unexpected(offset: reader.offset, expected: "a date", found: "null")
            }
            _ = try KnowledgeTable.day(from: &reader)
        case .institution: _ = try reader.institution()
        case .code:
            try reader.array(exactly: 3)
            try reader.key(1)
            _ = try reader.utf8(atMost: 4_096)
            _ = try reader.utf8(atMost: 4_096)
        default: _ = try reader.opaqueID()
        }
    }

    private static func isPlain(_ type: RuleType) -> Bool {
        switch type {
        case .bool, .integer, .text, .code, .date, .patient, .practitioner, .institution,
            .claim, .prescription:
            true
        default: false
        }
    }
}
