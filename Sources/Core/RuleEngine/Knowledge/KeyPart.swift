internal import Primitives
internal import RuleLanguage

/// A value by which rows are found or told apart; texts are compared byte by byte.
enum KeyPart: Hashable, Sendable {
    case bool(Bool)
    case integer(Int64)
    case text(ExactText)
    case code(ExactText, ExactText)
    case date(Int32)
    case id(OpaqueID)
    case institution(ExactText)
    case other(OtherKey)

    /// The key that a value makes, or nil where it is unknown.
    init?(_ value: Value) {
        switch value {
        case .bool(let bool): self = .bool(bool)
        case .integer(let integer): self = .integer(integer)
        case .text(let text): self = .text(ExactText(text))
        case .code(let system, let code): self = .code(ExactText(system), ExactText(code))
        case .date(let day): self = .date(day.number)
        case .id(let id): self = .id(id)
        case .institution(let id): self = .institution(ExactText(id.name))
        case .unknown: return nil
        default: self = .other(OtherKey(value))
        }
    }
}

/// A value of another type as a key: it is told apart by its words.
struct OtherKey: Hashable, Sendable {
    let text: ExactText
    /// The value's bytes.
    let bytes: [UInt8]

    init(_ value: Value) {
        text = ExactText(value.description)
        var writer = CBORWriter()
        value.encode(into: &writer)
        bytes = writer.bytes
    }

    static func == (left: OtherKey, right: OtherKey) -> Bool { left.text == right.text }

    func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

/// A text that equals another only where every byte is the same.
///
/// Swift's own equality of texts is by canonical equivalence, which is not what is sealed.
struct ExactText: Hashable, Sendable {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    static func == (left: ExactText, right: ExactText) -> Bool {
        Value.isSame(left.text, right.text)
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(text)
    }
}

extension Value {
    /// Whether two texts have the same bytes.
    static func isSame(_ left: String, _ right: String) -> Bool {
        let bytes = left.utf8.span
        let others = right.utf8.span
        guard bytes.count == others.count else { return false }
        for place in bytes.indices where bytes[place] != others[place] { return false }
        return true
    }
}
