public import Primitives

/// Whether the ledger was told to stop, and the blocks that attendances name.
public struct LedgerStanding: Hashable, Sendable {
    /// The height from which nodes take no submissions.
    public internal(set) var stoppedFrom: Height?
    /// The last two, the newer one last.
    public private(set) var milestones: [Milestone] = []

    public struct Milestone: Hashable, Sendable {
        public let height: Height
        public let block: Digest
    }

    /// Every so many heights there is a new milestone: the block below.
    public static let milestoneHeights: UInt64 = 16

    init() {}

    mutating func add(_ milestone: Milestone) {
        milestones = milestones.suffix(1) + [milestone]
    }
}

extension LedgerStanding {
    /// `[height / null, [* [height, digest]]]`.
    func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 100)
        writer.array(2)
        if let stoppedFrom { writer.unsigned(stoppedFrom.blocks) } else { writer.null() }
        writer.array(milestones.count)
        for milestone in milestones {
            writer.array(2)
            writer.unsigned(milestone.height.blocks)
            writer.digest(milestone.block)
        }
        return writer.bytes
    }

    static func decode(_ bytes: [UInt8]) throws(LedgerError) -> LedgerStanding {
        try reading("standing", bytes[...]) { reader throws(CBORError) in
            var standing = LedgerStanding()
            try reader.array(exactly: 2)
            standing.stoppedFrom = try reader.isNull() ? nil : try reader.height()
            for _ in 0..<(try reader.array(atMost: 2)) {
                try reader.array(exactly: 2)
                standing.milestones.append(
                    Milestone(height: try reader.height(), block: try reader.digest()))
            }
            return standing
        }
    }
}
