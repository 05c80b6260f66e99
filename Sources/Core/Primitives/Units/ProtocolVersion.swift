/// A version of what nodes say to each other: one more with each set of new kinds of messages.
///
/// Source: `docs/formats/wire.md`, section "Versions".
public struct ProtocolVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let number: UInt64

    public init(_ number: UInt64) {
        self.number = number
    }

    public static let first = ProtocolVersion(1)
    /// The newest that this build speaks; it speaks all before it, too.
    public static let newest = ProtocolVersion(2)

    public var description: String { String(number) }

    public static func < (left: ProtocolVersion, right: ProtocolVersion) -> Bool {
        left.number < right.number
    }
}
