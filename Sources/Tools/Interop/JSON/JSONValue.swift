/// One value in a JSON text: a handle, cheap to copy.
public struct JSONValue: Sendable {
    let document: JSONDocument
    let index: Int

    var node: JSONNode { document.nodes[index] }

    /// What kind of value this is, for messages: "an object", "a string", ….
    public var kindName: String { node.kind.description }

    public var isObject: Bool { node.kind == .object }
    public var isArray: Bool { node.kind == .array }
    public var isNull: Bool { node.kind == .null }

    /// Where the value starts, in bytes from the start of the text.
    public var offset: Int { Int(node.start) - (node.kind == .string ? 1 : 0) }

    /// The value's own bytes, as they were written; a string's without its quotes.
    public var bytes: ArraySlice<UInt8> { document.bytes[Int(node.start)..<Int(node.end)] }

    /// The text of a string, or nil for any other value.
    public var string: String? { node.kind == .string ? document.text(of: node) : nil }

    /// The digits of a number as they were written, or nil for any other value.
    public var number: String? {
        node.kind == .number ? String(decoding: bytes, as: UTF8.self) : nil
    }

    public var bool: Bool? {
        node.kind == .bool ? document.bytes[Int(node.start)] == UInt8(ascii: "t") : nil
    }

    /// The member of an object with this key, or nil where there is none.
    public func member(_ key: String) -> JSONValue? {
        guard node.kind == .object else { return nil }
        let byteCount = Int32(truncatingIfNeeded: key.utf8.count)
        let end = Int(node.next)
        var current = index + 1
        while current < end {
            let candidate = document.nodes[current]
            if candidate.isEscaped
                ? document.text(of: candidate) == key
                : candidate.end - candidate.start == byteCount && spells(key, candidate)
            {
                return JSONValue(document: document, index: current + 1)
            }
            current = Int(document.nodes[current + 1].next)
        }
        return nil
    }

    /// The members of an object in their order; empty for any other value.
    public var members: [(key: String, value: JSONValue)] {
        guard node.kind == .object else { return [] }
        var members: [(key: String, value: JSONValue)] = []
        var current = index + 1
        while current < Int(node.next) {
            let value = JSONValue(document: document, index: current + 1)
            members.append((document.text(of: document.nodes[current]), value))
            current = Int(value.node.next)
        }
        return members
    }

    /// The members of an object with all bytes of each as they were written, `"key": value`.
    var writtenMembers: [(key: String, value: JSONValue, bytes: ArraySlice<UInt8>)] {
        guard node.kind == .object else { return [] }
        var members: [(key: String, value: JSONValue, bytes: ArraySlice<UInt8>)] = []
        var current = index + 1
        while current < Int(node.next) {
            let key = document.nodes[current]
            let value = JSONValue(document: document, index: current + 1)
            // A string's node leaves its quotes out.
            let end = Int(value.node.end) + (value.node.kind == .string ? 1 : 0)
            members.append(
                (document.text(of: key), value, document.bytes[Int(key.start) - 1..<end]))
            current = Int(value.node.next)
        }
        return members
    }

    /// The elements of an array in their order; empty for any other value.
    public var elements: Elements {
        Elements(
            document: document, current: index + 1,
            end: node.kind == .array ? Int(node.next) : index + 1)
    }

    private func spells(_ key: String, _ node: JSONNode) -> Bool {
        var offset = Int(node.start)
        for byte in key.utf8 {
            if document.bytes[offset] != byte { return false }
            offset += 1
        }
        return true
    }

    /// The elements of an array, one after another.
    public struct Elements: Sequence, IteratorProtocol, Sendable {
        let document: JSONDocument
        var current: Int
        let end: Int

        public mutating func next() -> JSONValue? {
            guard current < end else { return nil }
            let value = JSONValue(document: document, index: current)
            current = Int(value.node.next)
            return value
        }
    }
}
