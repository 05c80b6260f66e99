public import Ledger
public import Primitives

/// The blocks from one height through another; none where the last lies below the first.
public struct HeightRange: Hashable, Sendable {
    public let first: Height
    public let last: Height

    public init(_ first: Height, _ last: Height) {
        self.first = first
        self.last = last
    }

    public var isEmpty: Bool { last < first }

    public func contains(_ height: Height) -> Bool { height >= first && height <= last }

    /// The heights that both have.
    public func clamped(to other: HeightRange) -> HeightRange {
        HeightRange(max(first, other.first), min(last, other.last))
    }
}

extension HeightRange: CustomStringConvertible {
    /// `3-5`; of a range without a block, which blocks it lies between.
    public var description: String {
        isEmpty ? "between \(last) and \(first)" : "\(first)-\(last)"
    }
}

/// Shows which block is the first at or after a point in time: it, and the header before it.
///
/// Times of blocks strictly increase, so one such place answers for all blocks. The header before
/// needs no signatures: its hash stands in the one that has them. Nil on one side: there is no
/// block before, or none at or after.
public struct TimeBound: Hashable, Sendable {
    public let before: BlockHeader?
    public let from: ClaimedHead?

    public init(before: BlockHeader?, from: ClaimedHead?) {
        self.before = before
        self.from = from
    }

    func encode(into writer: inout CBORWriter) {
        writer.array(2)
        if let before { writer.bytes(before.encode()) } else { writer.null() }
        if let from {
            writer.array(2)
            from.encode(into: &writer)
        } else {
            writer.null()
        }
    }

    init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 2)
        before = try reader.isNull() ? nil : try reader.blockHeader()
        guard try !reader.isNull() else {
            from = nil
            return
        }
        try reader.array(exactly: 2)
        from = try ClaimedHead(from: &reader)
    }
}
