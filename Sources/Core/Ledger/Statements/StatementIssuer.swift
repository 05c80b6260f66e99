public import Cryptography
internal import Primitives

/// Somebody whose statements the ledger takes: the keys that sign in that name.
///
/// Source: `docs/formats/state.md`, space 32.
public struct StatementIssuer: Hashable, Sendable {
    /// The `iss` of the statements, as they write it.
    public let name: String
    public let keys: [StatementKey]

    public init(name: String, keys: [StatementKey]) {
        self.name = name
        self.keys = keys
    }

    /// The most keys of one issuer.
    public static let keyCountMax = 8

    /// What makes the issuer none, or nil.
    var problem: String? {
        guard (1...256).contains(name.utf8.count) else { return "a name has 1 to 256 bytes" }
        guard (1...Self.keyCountMax).contains(keys.count) else {
            return "an issuer of statements has 1 to \(Self.keyCountMax) keys"
        }
        return nil
    }

    /// `[* statement-key]`, the value of space 32.
    func encodeKeys() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 48 * keys.count)
        StatementIssuer.encode(keys, into: &writer)
        return writer.bytes
    }

    static func encode(_ keys: [StatementKey], into writer: inout CBORWriter) {
        writer.array(keys.count)
        for key in keys { key.encode(into: &writer) }
    }

    static func keys(from reader: inout CBORReader) throws(CBORError) -> [StatementKey] {
        var keys: [StatementKey] = []
        for _ in 0..<(try reader.array(atMost: keyCountMax)) {
            keys.append(try StatementKey(from: &reader))
        }
        return keys
    }
}
