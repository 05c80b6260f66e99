public import Primitives

/// One gateway of an issuer, whose entries are numbered without gaps.
public struct StreamID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let number: UInt16

    public init(_ number: UInt16) {
        self.number = number
    }

    public var description: String { String(number) }

    public static func < (left: StreamID, right: StreamID) -> Bool { left.number < right.number }
}

extension CBORReader {
    /// A stream: an unsigned integer below 2^16.
    public mutating func stream() throws(CBORError) -> StreamID {
        StreamID(UInt16(truncatingIfNeeded: try unsigned("stream", atMost: 65_535)))
    }
}
