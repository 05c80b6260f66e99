internal import Primitives
internal import RuleLanguage

/// The keys of a row of a table: the bytes with which a row of these keys begins.
struct TableKey: Hashable, Sendable {
    let bytes: [UInt8]

    /// The key of these values; nil where one is not known, or there are none.
    init?(_ values: [Value]) {
        guard !values.isEmpty else { return nil }
        var writer = TableKey.begin(partCount: values.count)
        for value in values {
            if case .unknown = value { return nil }
            value.encode(into: &writer)
        }
        bytes = writer.bytes
    }

    /// The key of these parts; nil where there are none.
    init?(parts: [KeyPart]) {
        guard !parts.isEmpty else { return nil }
        var writer = TableKey.begin(partCount: parts.count)
        for part in parts { part.encode(into: &writer) }
        bytes = writer.bytes
    }

    /// A row before its keys.
    private static func begin(partCount: Int) -> CBORWriter {
        var writer = CBORWriter(reservingCapacity: 64)
        writer.array(4)
        writer.array(partCount)
        return writer
    }
}

extension KeyPart {
    /// Appends the value that made the key, as ``Value/encode(into:)`` does.
    fileprivate func encode(into writer: inout CBORWriter) {
        switch self {
        case .bool(let bool): writer.bool(bool)
        case .integer(let integer): writer.integer(integer)
        case .text(let text), .institution(let text): writer.text(text.text)
        case .code(let system, let code):
            Value.code(system: system.text, code: code.text).encode(into: &writer)
        case .date(let number): writer.integer(Int64(number))
        case .id(let id): writer.bytes(id.bytes)
        case .other(let other): writer.encoded(other.bytes)
        }
    }
}
