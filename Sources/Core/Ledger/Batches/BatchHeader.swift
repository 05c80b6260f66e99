public import Primitives
public import Records

/// What an institution signs when it hands in entries: whose they are, how many, and their root.
public struct BatchHeader: Hashable, Sendable {
    public let ledger: LedgerID
    public let issuer: InstitutionID
    public let stream: StreamID
    /// The number of the first entry.
    public let firstNumber: UInt64
    /// The last height whose block may hold the batch.
    public let expiry: Height
    public let count: Int
    /// RFC 9162 root of the tree over the entries.
    public let root: Digest

    public init(
        ledger: LedgerID, issuer: InstitutionID, stream: StreamID, firstNumber: UInt64,
        expiry: Height, count: Int, root: Digest
    ) {
        self.ledger = ledger
        self.issuer = issuer
        self.stream = stream
        self.firstNumber = firstNumber
        self.expiry = expiry
        self.count = count
        self.root = root
    }

    /// The most entries of a batch.
    public static let entryCountMax = 4_096
    /// The most bytes that the entries of a batch have together.
    public static let entriesByteCountMax = 1 << 20
}

extension BatchHeader {
    /// The bytes that are signed.
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 136)
        writer.array(7)
        writer.digest(ledger.digest)
        writer.institution(issuer)
        writer.unsigned(UInt64(stream.number))
        writer.unsigned(firstNumber)
        writer.unsigned(expiry.blocks)
        writer.unsigned(UInt64(count))
        writer.digest(root)
        return writer.bytes
    }

    /// Reads a batch header from exactly these bytes.
    public static func decode(_ bytes: ArraySlice<UInt8>) throws(LedgerError) -> BatchHeader {
        try reading("batch header", bytes) { reader throws(CBORError) in
            try BatchHeader(from: &reader)
        }
    }

    private init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 7)
        ledger = LedgerID(try reader.digest())
        issuer = try reader.institution()
        stream = try reader.stream()
        firstNumber = try reader.unsigned("number", atMost: Entry.numberMax)
        expiry = try reader.height()
        count = Int(
            try reader.unsigned("count of entries", atMost: UInt64(BatchHeader.entryCountMax)))
        root = try reader.digest()
    }
}
