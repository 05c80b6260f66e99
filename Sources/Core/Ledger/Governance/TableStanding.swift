public import Primitives

/// What became of one knowledge table on the ledger.
public typealias TableHistory = VersionHistory<TableStanding>

/// How a knowledge table stands on the ledger.
public struct TableStanding: VotedStanding {
    /// The version in force; nil where rules take none from the ledger any more.
    public let version: TableVersion?

    public init(_ version: TableVersion?) {
        self.version = version
    }

    public static var subject: String { "table" }
    public static var endByteCountMax: Int { 1 << 10 }
    public static var itemCount: Int { 1 }

    /// `table-version / null`.
    public func encode(into writer: inout CBORWriter) {
        if let version { version.encode(into: &writer) } else { writer.null() }
    }

    public init(from reader: inout CBORReader) throws(CBORError) {
        version = try reader.isNull() ? nil : try TableVersion(from: &reader)
    }
}
