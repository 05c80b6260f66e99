/// How many blocks lie below, this one included: the first block after genesis has height 1.
public struct Height: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let blocks: UInt64

    public init(_ blocks: UInt64) {
        self.blocks = blocks
    }

    public static let genesis = Height(0)

    public var next: Height { Height(blocks + 1) }

    public var description: String { String(blocks) }

    public static func < (left: Height, right: Height) -> Bool { left.blocks < right.blocks }
}
