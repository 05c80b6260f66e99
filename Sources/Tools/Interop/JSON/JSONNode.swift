/// One value or key in a parsed text: where it stands, and where the next one does.
///
/// The nodes of a text lie in one array in reading order. An object's members are pairs of a
/// string node, the key, and the value that follows it.
struct JSONNode {
    enum Kind: UInt8 {
        case object, array, string, number, bool, null
    }

    let kind: Kind
    /// Whether a string holds escapes and so is not what it says byte for byte.
    var isEscaped = false
    /// First byte of the content: after the quote of a string, at the bracket of a container.
    let start: Int32
    /// Byte after the content: at the quote of a string, after the bracket of a container.
    var end: Int32
    /// The node after this one and all that it holds.
    var next: Int32

    init(_ kind: Kind, start: Int, end: Int, next: Int) {
        self.kind = kind
        self.start = Int32(truncatingIfNeeded: start)
        self.end = Int32(truncatingIfNeeded: end)
        self.next = Int32(truncatingIfNeeded: next)
    }
}

extension JSONNode.Kind: CustomStringConvertible {
    var description: String {
        switch self {
        case .object: "an object"
        case .array: "an array"
        case .string: "a string"
        case .number: "a number"
        case .bool: "true or false"
        case .null: "null"
        }
    }
}
