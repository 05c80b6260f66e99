/// Why bytes are not the deterministic CBOR that was expected, and where.
///
/// `offset` counts bytes from the start of the buffer that the reader was given.
public enum CBORError: Error, Equatable, Sendable {
    /// The bytes end inside an item.
    case truncated(offset: Int)
    /// Bytes are left after the last item.
    case trailingBytes(offset: Int, count: Int)
    /// Another kind of item stands here.
    case unexpected(offset: Int, expected: String, found: String)
    /// A length or integer is not in its shortest form, or of indefinite length.
    case notDeterministic(offset: Int, reason: String)
    /// Map keys are not in strictly increasing bytewise order.
    case keyOutOfOrder(offset: Int)
    /// A string is not UTF-8.
    case notUTF8(offset: Int)
    /// A number, length or count is outside what this place allows.
    case outOfRange(offset: Int, what: String, limit: UInt64)
    /// A map has a key that is not in the format, or lacks one that is.
    case key(offset: Int, key: UInt64, problem: KeyProblem)
    /// A version byte names a version that this build cannot read.
    case version(offset: Int, found: UInt64, supported: UInt64)

    /// What is wrong with a key of a map.
    public enum KeyProblem: Equatable, Sendable {
        case unknown
        case missing
    }
}

extension CBORError {
    /// The same error in bytes of which the reader was given those after the first so many.
    public func moved(by count: Int) -> CBORError {
        switch self {
        case .truncated(let offset): .truncated(offset: offset + count)
        case .trailingBytes(let offset, let left):
            .trailingBytes(offset: offset + count, count: left)
        case .unexpected(let offset, let expected, let found):
            .unexpected(offset: offset + count, expected: expected, found: found)
        case .notDeterministic(let offset, let reason):
            .notDeterministic(offset: offset + count, reason: reason)
        case .keyOutOfOrder(let offset): .keyOutOfOrder(offset: offset + count)
        case .notUTF8(let offset): .notUTF8(offset: offset + count)
        case .outOfRange(let offset, let what, let limit):
            .outOfRange(offset: offset + count, what: what, limit: limit)
        case .key(let offset, let key, let problem):
            .key(offset: offset + count, key: key, problem: problem)
        case .version(let offset, let found, let supported):
            .version(offset: offset + count, found: found, supported: supported)
        }
    }
}

extension CBORError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .truncated(let offset):
            "the bytes end at offset \(offset), inside an item"
        case .trailingBytes(let offset, let count):
            "\(count) bytes are left at offset \(offset), after the last item"
        case .unexpected(let offset, let expected, let found):
            "expected \(expected) at offset \(offset), found \(found)"
        case .notDeterministic(let offset, let reason):
            "not deterministic CBOR at offset \(offset): \(reason)"
        case .keyOutOfOrder(let offset):
            "map keys must increase bytewise; the one at offset \(offset) does not"
        case .notUTF8(let offset):
            "the text at offset \(offset) is not UTF-8"
        case .outOfRange(let offset, let what, let limit):
            "\(what) at offset \(offset) is outside its limit of \(limit)"
        case .key(let offset, let key, let problem):
            "key \(key) of the map at offset \(offset) is \(problem)"
        case .version(let offset, let found, let supported):
            "format version \(found) at offset \(offset); this build reads \(supported)"
        }
    }
}
