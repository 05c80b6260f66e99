internal import Primitives

/// Declares numbers of the stream that can never come, and why.
public struct VoidBody: Hashable, Sendable {
    /// The first lost number: the entry's own number + 1.
    public let first: UInt64
    /// The last lost number; the stream goes on with the one after it.
    public let last: UInt64
    /// Why they are lost, 1 to 256 bytes.
    public let reason: String

    public init(first: UInt64, last: UInt64, reason: String) {
        self.first = first
        self.last = last
        self.reason = reason
    }

    /// The longest reason, in bytes.
    public static let reasonByteCountMax = 256
}

extension VoidBody {
    init(from reader: inout CBORReader) throws(CBORError) {
        try reader.map(exactly: 3)
        try reader.key(0)
        first = try reader.entryNumber()
        try reader.key(1)
        last = try reader.entryNumber()
        try reader.key(2)
        reason = try reader.nonEmptyText(atMost: VoidBody.reasonByteCountMax)
    }

    func encode(into writer: inout CBORWriter) {
        writer.map(3)
        writer.unsigned(0)
        writer.unsigned(first)
        writer.unsigned(1)
        writer.unsigned(last)
        writer.unsigned(2)
        writer.text(reason)
    }
}
