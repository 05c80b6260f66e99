internal import Interop

/// JSON that is written as it is to stand, for answers that are given thousands of times a second.
///
/// Members are written in the order in which they are named. Source: RFC 8259.
struct JSONText {
    private(set) var bytes: [UInt8] = []
    /// Whether something stands before in the object or array that is open.
    private var isFollowing = false

    mutating func object(_ members: (inout JSONText) -> Void) {
        enclose(UInt8(ascii: "{"), UInt8(ascii: "}"), members)
    }

    mutating func array<Item>(_ items: [Item], _ write: (inout JSONText, Item) -> Void) {
        enclose(UInt8(ascii: "["), UInt8(ascii: "]")) { text in
            for item in items { write(&text, item) }
        }
    }

    /// Opens a member; its value comes next.
    mutating func key(_ key: String) {
        string(key)
        bytes.append(UInt8(ascii: ":"))
        isFollowing = false
    }

    mutating func member(_ key: String, _ value: String) {
        self.key(key)
        string(value)
    }

    mutating func member(_ key: String, _ value: Bool) {
        self.key(key)
        raw(Array((value ? "true" : "false").utf8))
    }

    mutating func string(_ text: String) {
        separate()
        JSONEscapes.quote(text, into: &bytes)
    }

    mutating func number(_ number: UInt64) { raw(Array(String(number).utf8)) }

    /// A value that is JSON already.
    mutating func raw(_ json: [UInt8]) {
        separate()
        bytes += json
    }

    private mutating func enclose(
        _ open: UInt8, _ close: UInt8, _ content: (inout JSONText) -> Void
    ) {
        separate()
        bytes.append(open)
        isFollowing = false
        content(&self)
        bytes.append(close)
        isFollowing = true
    }

    private mutating func separate() {
        if isFollowing { bytes.append(UInt8(ascii: ",")) }
        isFollowing = true
    }
}
