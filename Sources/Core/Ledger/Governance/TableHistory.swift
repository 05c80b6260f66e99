public import Primitives

/// What became of one knowledge table on the ledger: which version was in force from which block.
///
/// It is the table's value in the state map, so that one proof under any later state root answers
/// for every height and date before. Source: `docs/formats/governance.md`.
public struct TableHistory: Hashable, Sendable {
    /// By height, increasing; at least one.
    public private(set) var points: [Point]

    /// How the table stood from a block on.
    public struct Point: Hashable, Sendable {
        /// The first block for which it stood so.
        public let from: Height
        /// The time of the block below.
        public let time: Timestamp
        /// The version in force; nil where rules take none from the ledger any more.
        public let version: TableVersion?

        public init(from: Height, time: Timestamp, version: TableVersion?) {
            self.from = from
            self.time = time
            self.version = version
        }
    }

    init(_ first: Point) {
        points = [first]
    }

    /// Notes how the table stands from a block on.
    mutating func add(_ point: Point) {
        if points.last?.from == point.from { points.removeLast() }
        points.append(point)
    }

    /// Whether it has no room for another vote but the one that ends it: a proof shows all of it.
    var isFull: Bool { encode().count > MapProof.valueByteCountMax - TableHistory.reserve }

    /// Room to end the table, in bytes: more than the longest point has.
    private static let reserve = 1 << 10

    /// The version in force now.
    public var current: TableVersion? { points.last?.version }

    /// How the table stood for the block of a height; nil where the ledger did not name it yet.
    public func point(at height: Height) -> Point? { points.last { $0.from <= height } }

    /// How the table stood for what was anchored at a time.
    public func point(on time: Timestamp) -> Point? { points.last { $0.time <= time } }
}

extension TableHistory {
    /// `[+ [height, timestamp, table-version / null]]`.
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 128 * points.count)
        writer.array(points.count)
        for point in points {
            writer.array(3)
            writer.unsigned(point.from.blocks)
            writer.integer(point.time.milliseconds)
            if let version = point.version { version.encode(into: &writer) } else { writer.null() }
        }
        return writer.bytes
    }

    /// Reads a history from exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(LedgerError) -> TableHistory {
        let points = try reading("table history", bytes[...]) {
            reader throws(CBORError) -> [Point] in
            var points: [Point] = []
            let start = reader.offset
            for _ in 0..<(try reader.array(atMost: 1 << 16)) {
                try reader.array(exactly: 3)
                points.append(
                    Point(
                        from: try reader.height(), time: try reader.timestamp(),
                        version: try reader.isNull() ? nil : try TableVersion(from: &reader)))
            }
            guard !points.isEmpty,
                zip(points, points.dropFirst()).allSatisfy({ $0.from < $1.from })
            else {
                throw .unexpected(
                    offset: start, expected: "points of increasing height", found: "others")
            }
            return points
        }
        return TableHistory(points: points)
    }

    private init(points: [Point]) { self.points = points }
}
