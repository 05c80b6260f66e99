/// A JSON text that was read whole and found strict, with its bytes.
///
/// Numbers keep the digits that were written; nothing goes through floating point. Values are
/// handles into one array of nodes, so reading a text allocates twice, whatever it holds.
///
/// Source: RFC 8259; duplicate keys, lone surrogates and a byte order mark are refused.
public final class JSONDocument: Sendable {
    public let bytes: [UInt8]
    let nodes: [JSONNode]

    /// Reads a text that is one value, with white space around it.
    ///
    /// - Throws: ``JSONError`` at the first byte that is wrong.
    public init(_ bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONError) {
        var parser = JSONParser(bytes, limits: limits)
        try parser.parse()
        self.bytes = bytes
        self.nodes = parser.nodes
    }

    /// The outermost value.
    public var root: JSONValue { JSONValue(document: self, index: 0) }

    /// The string between two bytes, its escapes undone.
    func text(of node: JSONNode) -> String {
        let content = bytes[Int(node.start)..<Int(node.end)]
        return String(
            decoding: node.isEscaped ? JSONEscapes.undone(content) : content, as: UTF8.self)
    }
}
