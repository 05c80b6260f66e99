/// Finds the fields of one row in a buffer that may end inside it.
struct CSVScanner {
    struct Field {
        /// The content, without the quotes around it.
        let range: Range<Int>
        /// Whether doubled quotes stand inside.
        let hasQuotes: Bool
    }

    enum Result {
        /// `end` is the byte after the row's content, `next` that after its line end.
        case row([Field], end: Int, next: Int)
        /// The buffer ends inside the row.
        case more
        /// No row begins here.
        case end
        case failure(CSVError)
    }

    private let bytes: [UInt8]
    private let start: Int
    private var position: Int
    private var fields: [Field] = []

    init(_ bytes: [UInt8], from start: Int) {
        self.bytes = bytes
        self.start = start
        position = start
    }

    /// The row that begins here; `isLast` says that nothing follows the buffer.
    mutating func row(isLast: Bool) -> Result {
        guard position < bytes.count else { return isLast ? .end : .more }
        while true {
            if let failure = field(isLast: isLast) { return failure }
            guard position < bytes.count else {
                return isLast ? .row(fields, end: bytes.count, next: bytes.count) : .more
            }
            switch bytes[position] {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "\n"): return .row(fields, end: position, next: position + 1)
            default:
                // What else ends a field is a carriage return before a line feed.
                return .row(fields, end: position, next: position + 2)
            }
        }
    }

    /// Reads one field up to its comma or line end; what is returned ends the row.
    private mutating func field(isLast: Bool) -> Result? {
        if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
            return quoted(isLast: isLast)
        }
        let first = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: ","), UInt8(ascii: "\n"):
                fields.append(Field(range: first..<position, hasQuotes: false))
                return nil
            case UInt8(ascii: "\""): return .failure(.strayQuote)
            case UInt8(ascii: "\r"):
                guard position + 1 < bytes.count || isLast else { return .more }
                if isLineEnd(position) {
                    fields.append(Field(range: first..<position, hasQuotes: false))
                    return nil
                }
                position += 1
            default: position += 1
            }
        }
        guard isLast else { return .more }
        fields.append(Field(range: first..<position, hasQuotes: false))
        return nil
    }

    private mutating func quoted(isLast: Bool) -> Result? {
        let first = position + 1
        position = first
        var hasQuotes = false
        while position < bytes.count {
            guard bytes[position] == UInt8(ascii: "\"") else {
                position += 1
                continue
            }
            guard position + 1 < bytes.count else {
                guard isLast else { return .more }
                fields.append(Field(range: first..<position, hasQuotes: hasQuotes))
                position += 1
                return nil
            }
            if bytes[position + 1] == UInt8(ascii: "\"") {
                hasQuotes = true
                position += 2
                continue
            }
            fields.append(Field(range: first..<position, hasQuotes: hasQuotes))
            position += 1
            let after = bytes[position]
            if after == UInt8(ascii: ",") || after == UInt8(ascii: "\n") { return nil }
            if after == UInt8(ascii: "\r") {
                guard position + 1 < bytes.count || isLast else { return .more }
                if isLineEnd(position) { return nil }
            }
            return .failure(.afterQuote(after))
        }
        return isLast ? .failure(.unclosedQuote) : .more
    }

    private func isLineEnd(_ position: Int) -> Bool {
        position + 1 < bytes.count && bytes[position + 1] == UInt8(ascii: "\n")
    }

    /// The content of a quoted field with each doubled quote made one.
    static func unquoted(_ content: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(content.count)
        var isSecond = false
        for byte in content {
            if byte == UInt8(ascii: "\""), isSecond {
                isSecond = false
                continue
            }
            isSecond = byte == UInt8(ascii: "\"")
            result.append(byte)
        }
        return result
    }
}
