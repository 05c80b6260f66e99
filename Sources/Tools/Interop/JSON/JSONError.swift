/// Why bytes are not the strict JSON that was expected, and where.
public struct JSONError: Error, Equatable, Sendable {
    /// Bytes from the start of the text.
    public let offset: Int
    public let reason: Reason

    public init(offset: Int, reason: Reason) {
        self.offset = offset
        self.reason = reason
    }

    public enum Reason: Equatable, Sendable {
        case truncated
        /// Something else stands here; `found` is the byte.
        case unexpected(expected: String, found: UInt8)
        case trailingBytes(count: Int)
        /// A control character inside a string, which must be escaped.
        case controlCharacter(UInt8)
        case unknownEscape
        case loneSurrogate
        case notUTF8
        case malformedNumber
        case duplicateKey(String)
        case tooDeep(limit: Int)
        case tooLong(byteCount: Int, limit: Int)
    }
}

extension JSONError: CustomStringConvertible {
    public var description: String { "\(reason) (byte \(offset + 1))" }
}

extension JSONError.Reason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .truncated:
            "the JSON ends too early"
        case .unexpected(let expected, let found):
            "expected \(expected), found \(JSONError.Reason.name(found))"
        case .trailingBytes(let count):
            "\(count) bytes follow the JSON value"
        case .controlCharacter(let byte):
            "the control character \(byte) stands in a string; it must be escaped"
        case .unknownEscape:
            "no such escape; right would be \\\" \\\\ \\/ \\b \\f \\n \\r \\t or \\u and 4 digits"
        case .loneSurrogate:
            "half of a surrogate pair stands alone"
        case .notUTF8:
            "the bytes are not UTF-8"
        case .malformedNumber:
            "not a number as RFC 8259 has it"
        case .duplicateKey(let key):
            "the key '\(key)' stands twice in one object"
        case .tooDeep(let limit):
            "nested more than \(limit) deep"
        case .tooLong(let byteCount, let limit):
            "\(byteCount) bytes long; at most \(limit) are read"
        }
    }

    private static func name(_ byte: UInt8) -> String {
        (0x21...0x7e).contains(byte)
            ? "'\(Character(Unicode.Scalar(byte)))'" : "the byte \(byte)"
    }
}
