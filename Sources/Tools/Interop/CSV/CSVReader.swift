/// One row of a CSV file.
struct CSVRow {
    /// The line on which the row begins, from 1; the header is on line 1.
    let line: Int
    let fields: [String]
    /// The row as it was written, without its line end.
    let bytes: [UInt8]
}

/// The rows of a CSV file, one after another, strict and in bounded memory.
///
/// Source: RFC 4180. A line may end in LF alone, and a UTF-8 byte order mark may stand first;
/// everything else is as the RFC has it, in UTF-8.
struct CSVReader {
    /// A row, or what is wrong with the one that begins on a line.
    enum Item {
        case row(CSVRow)
        case problem(line: Int, CSVError)
    }

    let file: InputFile
    private(set) var header: [String] = []
    private let source: ByteSource
    private let byteCountMax: Int
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false
    private var line = 1

    /// Opens a file and reads its header.
    ///
    /// - Throws: ``InteropError/malformedCSV(_:)`` where the header is not one,
    ///   ``InteropError/unreadable(path:reason:)``.
    init(_ file: InputFile, byteCountMax: Int = 1 << 20) throws(InteropError) {
        self.file = file
        self.byteCountMax = byteCountMax
        source = try ByteSource(file)
        while buffer.count < 3, try fill() {}
        if buffer.starts(with: [0xef, 0xbb, 0xbf]) { start = 3 }
        switch try next() {
        case nil: throw .malformedCSV(.noHeader)
        case .problem(_, let error): throw .malformedCSV(error)
        case .row(let row):
            var seen: Set<String> = []
            for name in row.fields where !seen.insert(name).inserted {
                throw .malformedCSV(.duplicateColumn(name))
            }
            header = row.fields
        }
    }

    /// How many lines have been read.
    var lineCount: Int { line - 1 }

    /// The next row, or nil at the end of the file.
    mutating func next() throws(InteropError) -> Item? {
        while true {
            var scanner = CSVScanner(buffer, from: start)
            switch scanner.row(isLast: isAtEnd) {
            case .more:
                guard buffer.count - start <= byteCountMax else {
                    return try skipped(.tooLong(limit: byteCountMax))
                }
                _ = try fill()
            case .end: return nil
            case .row(let fields, let end, let next): return item(fields, end, next)
            case .failure(let error): return try skipped(error)
            }
        }
    }

    private mutating func item(_ ranges: [CSVScanner.Field], _ end: Int, _ next: Int) -> Item {
        let first = line
        let bytes = Array(buffer[start..<min(end, start + byteCountMax)])
        let isTooLong = end - start > byteCountMax
        line += buffer[start..<next].count { $0 == UInt8(ascii: "\n") }
        if next == buffer.count, buffer.last != UInt8(ascii: "\n") { line += 1 }
        defer { start = next }
        if isTooLong { return .problem(line: first, .tooLong(limit: byteCountMax)) }
        var fields: [String] = []
        fields.reserveCapacity(ranges.count)
        for field in ranges {
            let content = buffer[field.range]
            let text =
                field.hasQuotes
                ? String(validating: CSVScanner.unquoted(content), as: UTF8.self)
                : String(validating: content, as: UTF8.self)
            guard let text else { return .problem(line: first, .notUTF8) }
            fields.append(text)
        }
        guard header.isEmpty || fields.count == header.count else {
            return .problem(
                line: first, .fieldCount(found: fields.count, expected: header.count))
        }
        return .row(CSVRow(line: first, fields: fields, bytes: bytes))
    }

    /// Reads over the rest of a line that is no row, so that the next is read again.
    private mutating func skipped(_ error: CSVError) throws(InteropError) -> Item {
        let first = line
        while true {
            if let end = buffer[start...].firstIndex(of: UInt8(ascii: "\n")) {
                start = end + 1
                line += 1
                return .problem(line: first, error)
            }
            start = buffer.count
            guard try fill() else {
                line += 1
                return .problem(line: first, error)
            }
        }
    }

    private mutating func fill() throws(InteropError) -> Bool {
        if start > 0 {
            buffer.removeSubrange(..<start)
            start = 0
        }
        guard !isAtEnd, let chunk = try source.next() else {
            isAtEnd = true
            return false
        }
        buffer.append(contentsOf: chunk)
        return true
    }
}
