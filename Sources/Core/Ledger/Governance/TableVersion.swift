public import Primitives

/// A knowledge table that rules look things up in, by the hash of its canonical form.
///
/// The rows travel beside the ledger; whoever has them can check them against the hash.
public struct TableVersion: Hashable, Sendable {
    /// By which rules speak of it: 1 to 64 bytes of visible ASCII.
    public let name: String
    public let hash: Digest
    /// How many bytes the canonical form has, so that nobody fetches more than was voted on.
    public let byteCount: UInt64

    /// The longest name, in bytes.
    public static let nameByteCountMax = 64
    /// The most bytes of a table.
    public static let byteCountMax = UInt64(UInt32.max)
    /// The most tables of a ledger.
    public static let countMax = 256

    public init(name: String, hash: Digest, byteCount: UInt64) {
        self.name = name
        self.hash = hash
        self.byteCount = byteCount
    }
}

extension TableVersion: CustomStringConvertible {
    /// In words, for those who vote on it.
    public var description: String { "table \(name) as \(hash), \(byteCount) bytes" }
}

extension TableVersion {
    /// Appends the table version, as `docs/formats/governance.md` has it.
    public func encode(into writer: inout CBORWriter) {
        writer.array(3)
        writer.text(name)
        writer.digest(hash)
        writer.unsigned(byteCount)
    }

    /// Reads one table version where it stands in a larger item.
    public init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 3)
        name = try TableVersion.name(from: &reader)
        hash = try reader.digest()
        byteCount = try reader.unsigned("bytes of a table", atMost: TableVersion.byteCountMax)
    }

    /// Reads the name of a table.
    static func name(from reader: inout CBORReader) throws(CBORError) -> String {
        let start = reader.offset
        let name = try reader.text(1...nameByteCountMax)
        guard name.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw .unexpected(
                offset: start, expected: "a table's name of visible ASCII",
                found: "other characters")
        }
        return name
    }
}
