public import Primitives

/// The key of a row that belongs to a block: height, kind, number, all big-endian, 17 bytes.
///
/// Height stands first, so that every file that LevelDB writes covers heights of its own:
/// compaction then only renames files, and history is deleted in ranges. For the same reason a
/// data base of such rows should hold no others that are written with every block.
public struct RowKey: Hashable, Sendable {
    public let height: Height
    public let kind: UInt8
    public let number: UInt64

    /// How many bytes every row key has.
    public static let byteCount = 17

    public init(_ height: Height, kind: UInt8, number: UInt64 = 0) {
        self.height = height
        self.kind = kind
        self.number = number
    }

    /// The key with these bytes, or nil unless there are exactly 17.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == RowKey.byteCount else { return nil }
        height = Height(bytes.bigEndian(at: 0))
        kind = bytes[8]
        number = bytes.bigEndian(at: 9)
    }

    /// The 17 bytes, in order.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(RowKey.byteCount)
        bytes.append(bigEndian: height.blocks)
        bytes.append(kind)
        bytes.append(bigEndian: number)
        return bytes
    }
}

extension KeyRange {
    /// All rows of the heights from `range.lowerBound` up to but not including its upper bound.
    public static func heights(_ range: Range<Height>) -> KeyRange {
        KeyRange(
            lower: RowKey(range.lowerBound, kind: 0).bytes,
            upper: RowKey(range.upperBound, kind: 0).bytes)
    }

    /// All rows of one kind at one height, in the order of their numbers.
    public static func rows(_ height: Height, kind: UInt8) -> KeyRange {
        KeyRange(prefix: Array(RowKey(height, kind: kind).bytes.prefix(9)))
    }
}
