/// A strict cursor over deterministic CBOR that may come from anybody.
///
/// Every length is checked against the bytes that are left before anything is allocated; heads
/// that are not the shortest, indefinite lengths, floats and unordered map keys are refused.
/// Byte strings are handed out as slices of the one buffer, so reading allocates nothing.
///
/// Source: RFC 8949, section 4.2.1.
public struct CBORReader: Sendable {
    private let buffer: ArraySlice<UInt8>
    private var position: Int

    /// A cursor at the first of these bytes.
    public init(_ bytes: [UInt8]) {
        self.init(bytes[...])
    }

    /// A cursor at the first byte of a slice; offsets in errors count from there.
    public init(_ bytes: ArraySlice<UInt8>) {
        buffer = bytes
        position = bytes.startIndex
    }

    /// How many bytes have been read.
    public var offset: Int { position - buffer.startIndex }

    /// How many bytes are left.
    public var remaining: Int { buffer.endIndex - position }

    public var isAtEnd: Bool { position == buffer.endIndex }

    /// The bytes read since `start`, an earlier ``offset``: what a signature or a hash covers.
    public func slice(from start: Int) -> ArraySlice<UInt8> {
        buffer[(buffer.startIndex + start)..<position]
    }

    /// Throws unless every byte has been read.
    public func finish() throws(CBORError) {
        guard isAtEnd else { throw .trailingBytes(offset: offset, count: remaining) }
    }

    public mutating func unsigned() throws(CBORError) -> UInt64 {
        try head(major: 0, "an unsigned integer")
    }

    /// An unsigned integer no larger than `limit`; `what` names it in the error.
    public mutating func unsigned(
        _ what: String, atMost limit: UInt64
    ) throws(CBORError) -> UInt64 {
        let start = offset
        let value = try unsigned()
        guard value <= limit else { throw .outOfRange(offset: start, what: what, limit: limit) }
        return value
    }

    public mutating func integer() throws(CBORError) -> Int64 {
        let start = offset
        let negative = try peek() >> 5 == 1
        let value = try head(major: negative ? 1 : 0, "an integer")
        guard value <= UInt64(Int64.max) else {
            throw .outOfRange(offset: start, what: "integer", limit: UInt64(Int64.max))
        }
        let magnitude = Int64(value)
        return negative ? ~magnitude : magnitude
    }

    /// Reads the format version and throws unless it is the one that this build reads.
    public mutating func version(_ supported: UInt64) throws(CBORError) {
        _ = try version(in: supported...supported)
    }

    /// Reads a format's version, which must be one of these, and says which it is.
    public mutating func version(
        in supported: ClosedRange<UInt64>
    ) throws(CBORError) -> UInt64 {
        let start = offset
        let found = try unsigned()
        guard supported.contains(found) else {
            throw .version(offset: start, found: found, supported: supported.upperBound)
        }
        return found
    }

    /// A byte string, as a slice of the buffer.
    public mutating func bytes(atMost limit: Int = .max) throws(CBORError) -> ArraySlice<UInt8> {
        try string(major: 2, "a byte string", atMost: limit)
    }

    /// A byte string of exactly `count` bytes.
    public mutating func bytes(exactly count: Int) throws(CBORError) -> ArraySlice<UInt8> {
        let start = offset
        let value = try bytes(atMost: count)
        guard value.count == count else {
            throw .outOfRange(offset: start, what: "byte string length", limit: UInt64(count))
        }
        return value
    }

    public mutating func digest() throws(CBORError) -> Digest {
        let start = offset
        guard let digest = Digest(try bytes(exactly: Digest.byteCount)) else {
            throw .truncated(offset: start)
        }
        return digest
    }

    /// A text string of at most `limit` bytes of UTF-8.
    public mutating func text(atMost limit: Int = .max) throws(CBORError) -> String {
        let start = offset
        let utf8 = try string(major: 3, "a text string", atMost: limit)
        guard let text = String(validating: utf8, as: UTF8.self) else {
            throw .notUTF8(offset: start)
        }
        return text
    }

    /// The bytes of a text string of at most `limit` bytes, seen to be UTF-8.
    public mutating func utf8(atMost limit: Int) throws(CBORError) -> ArraySlice<UInt8> {
        let start = offset
        let utf8 = try string(major: 3, "a text string", atMost: limit)
        guard utf8.allSatisfy({ $0 < 0x80 }) || String(validating: utf8, as: UTF8.self) != nil
        else { throw .notUTF8(offset: start) }
        return utf8
    }

    /// Opens an array whose items may lie beyond the buffer, and returns how many there are.
    public mutating func openArray(atMost limit: Int) throws(CBORError) -> Int {
        let start = offset
        let value = try head(major: 4, "an array")
        guard value <= UInt64(limit) else {
            throw .outOfRange(offset: start, what: "count of an array", limit: UInt64(limit))
        }
        return Int(value)
    }

    /// Opens an array and returns how many items follow, at most `limit`.
    public mutating func array(atMost limit: Int) throws(CBORError) -> Int {
        try count(major: 4, "an array", atMost: limit)
    }

    /// Opens an array of exactly `count` items.
    public mutating func array(exactly count: Int) throws(CBORError) {
        let start = offset
        guard try array(atMost: count) == count else {
            throw .outOfRange(offset: start, what: "array length", limit: UInt64(count))
        }
    }

    /// Opens a map and returns how many pairs follow, at most `limit`.
    public mutating func map(atMost limit: Int) throws(CBORError) -> Int {
        try count(major: 5, "a map", atMost: limit)
    }

    /// Reads a map with unsigned integer keys: calls `field` at each value, with its key.
    ///
    /// Keys must increase strictly, which for shortest heads is their bytewise order. `field`
    /// reads exactly the value, or throws ``CBORError/key(offset:key:problem:)``.
    public mutating func integerMap(
        atMost limit: Int,
        _ field: (UInt64, inout CBORReader) throws(CBORError) -> Void
    ) throws(CBORError) {
        let pairs = try map(atMost: limit)
        var previous: UInt64?
        for _ in 0..<pairs {
            let start = offset
            let key = try unsigned()
            if let previous, key <= previous { throw .keyOutOfOrder(offset: start) }
            previous = key
            try field(key, &self)
        }
    }

    public mutating func tag(_ number: UInt64) throws(CBORError) {
        let start = offset
        let found = try head(major: 6, "tag \(number)")
        guard found == number else {
            throw .unexpected(offset: start, expected: "tag \(number)", found: "tag \(found)")
        }
    }

    public mutating func bool() throws(CBORError) -> Bool {
        switch try peek() {
        case 0xf4: position += 1; return false
        case 0xf5: position += 1; return true
        case let other:
            throw .unexpected(offset: offset, expected: "a boolean", found: kind(of: other))
        }
    }

    /// Reads a null if one stands here, and says whether it did.
    public mutating func isNull() throws(CBORError) -> Bool {
        guard try peek() == 0xf6 else { return false }
        position += 1
        return true
    }

    /// The major type of the next item, 0 to 7, without reading it.
    public func nextMajorType() throws(CBORError) -> UInt8 {
        try peek() >> 5
    }

    /// Reads over one whole item of any kind, checking it, and returns its bytes.
    public mutating func item(depthLimit: Int = 16) throws(CBORError) -> ArraySlice<UInt8> {
        let start = offset
        try skip(depthLimit)
        return slice(from: start)
    }

    private mutating func skip(_ depth: Int) throws(CBORError) {
        guard depth > 0 else { throw .outOfRange(offset: offset, what: "nesting", limit: 16) }
        switch try peek() >> 5 {
        case 0: _ = try unsigned()
        case 1: _ = try head(major: 1, "an integer")
        case 2: _ = try bytes()
        case 3: _ = try text()
        case 4:
            for _ in 0..<(try array(atMost: .max)) { try skip(depth - 1) }
        case 5:
            var previous: ArraySlice<UInt8>?
            for _ in 0..<(try map(atMost: .max)) {
                let start = offset
                try skip(depth - 1)
                let key = slice(from: start)
                if let previous, !previous.lexicographicallyPrecedes(key) {
                    throw .keyOutOfOrder(offset: start)
                }
                previous = key
                try skip(depth - 1)
            }
        case 6:
            _ = try head(major: 6, "a tag")
            try skip(depth - 1)
        default:
            if try isNull() { return }
            _ = try bool()
        }
    }

    private func peek() throws(CBORError) -> UInt8 {
        guard position < buffer.endIndex else { throw .truncated(offset: offset) }
        return buffer[position]
    }

    private mutating func count(
        major: UInt8, _ expected: String, atMost limit: Int
    ) throws(CBORError) -> Int {
        let start = offset
        let value = try head(major: major, expected)
        guard value <= UInt64(limit) else {
            throw .outOfRange(offset: start, what: "count of \(expected)", limit: UInt64(limit))
        }
        // Each item takes at least one byte: a count that the bytes cannot hold is a lie.
        guard value <= UInt64(remaining) else { throw .truncated(offset: start) }
        return Int(value)
    }

    private mutating func string(
        major: UInt8, _ expected: String, atMost limit: Int
    ) throws(CBORError) -> ArraySlice<UInt8> {
        let start = offset
        let length = try head(major: major, expected)
        guard length <= UInt64(limit) else {
            throw .outOfRange(offset: start, what: "length of \(expected)", limit: UInt64(limit))
        }
        guard length <= UInt64(remaining) else { throw .truncated(offset: start) }
        let first = position
        position += Int(length)
        return buffer[first..<position]
    }

    private mutating func head(major: UInt8, _ expected: String) throws(CBORError) -> UInt64 {
        let start = offset
        let first = try peek()
        guard first >> 5 == major else {
            throw .unexpected(offset: start, expected: expected, found: kind(of: first))
        }
        position += 1
        let information = first & 31
        if information < 24 { return UInt64(information) }
        guard information <= 27 else {
            throw .notDeterministic(offset: start, reason: "indefinite or reserved length")
        }
        let byteCount = 1 << Int(information - 24)
        guard remaining >= byteCount else { throw .truncated(offset: start) }
        var value: UInt64 = 0
        for _ in 0..<byteCount {
            value = value << 8 | UInt64(buffer[position])
            position += 1
        }
        let smallest: UInt64 = byteCount == 1 ? 24 : 1 << UInt64(byteCount * 4)
        guard value >= smallest else {
            throw .notDeterministic(offset: start, reason: "not the shortest head")
        }
        return value
    }
}

private func kind(of first: UInt8) -> String {
    switch first >> 5 {
    case 0: "an unsigned integer"
    case 1: "a negative integer"
    case 2: "a byte string"
    case 3: "a text string"
    case 4: "an array"
    case 5: "a map"
    case 6: "a tag"
    default: first == 0xf4 || first == 0xf5 ? "a boolean" : first == 0xf6 ? "null" : "a float"
    }
}
