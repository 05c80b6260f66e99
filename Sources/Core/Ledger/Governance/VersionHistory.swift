public import Primitives

/// What became of something that is voted on, from block to block: which version stood when.
///
/// It is a value in the state map, so that one proof under any later state root answers for every
/// height and date before. Source: `docs/formats/governance.md`.
public struct VersionHistory<Standing: VotedStanding>: Hashable, Sendable {
    /// By height, increasing; at least one.
    public private(set) var points: [Point]

    /// How it stood from a block on.
    public struct Point: Hashable, Sendable {
        /// The first block for which it stood so.
        public let from: Height
        /// The time of the block below.
        public let time: Timestamp
        public let standing: Standing

        public init(from: Height, time: Timestamp, _ standing: Standing) {
            self.from = from
            self.time = time
            self.standing = standing
        }
    }

    init(_ first: Point) {
        points = [first]
    }

    /// Notes how it stands from a block on.
    mutating func add(_ point: Point) {
        if points.last?.from == point.from { points.removeLast() }
        points.append(point)
    }

    /// Whether it has no room for another vote but the one that ends it: a proof shows all of it.
    var isFull: Bool { encode().count > MapProof.valueByteCountMax - Standing.endByteCountMax }

    /// How it stands now.
    public var current: Standing? { points.last?.standing }

    /// How it stood for the block of a height; nil before the first point.
    public func standing(at height: Height) -> Standing? {
        points.last { $0.from <= height }?.standing
    }
}

/// How something that is voted on stands: which versions of it, if any, hold.
public protocol VotedStanding: Hashable, Sendable {
    /// What it is a standing of, in errors.
    static var subject: String { get }
    /// Room to end what is voted on, in bytes: more than the longest point has.
    static var endByteCountMax: Int { get }
    /// How many items of CBOR it has.
    static var itemCount: Int { get }

    func encode(into writer: inout CBORWriter)
    init(from reader: inout CBORReader) throws(CBORError)
}

extension VersionHistory {
    /// `[+ [height, timestamp, the items of the standing]]`.
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 256 * points.count)
        writer.array(points.count)
        for point in points {
            writer.array(2 + Standing.itemCount)
            writer.unsigned(point.from.blocks)
            writer.integer(point.time.milliseconds)
            point.standing.encode(into: &writer)
        }
        return writer.bytes
    }

    /// Reads a history from exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(LedgerError) -> VersionHistory {
        let points = try reading("\(Standing.subject) history", bytes[...]) {
            reader throws(CBORError) -> [Point] in
            var points: [Point] = []
            let start = reader.offset
            for _ in 0..<(try reader.array(atMost: 1 << 16)) {
                try reader.array(exactly: 2 + Standing.itemCount)
                points.append(
                    Point(
                        from: try reader.height(), time: try reader.timestamp(),
                        try Standing(from: &reader)))
            }
            guard !points.isEmpty,
                zip(points, points.dropFirst()).allSatisfy({ $0.from < $1.from })
            else {
                throw .unexpected(
                    offset: start, expected: "points of increasing height", found: "others")
            }
            return points
        }
        return VersionHistory(points: points)
    }

    private init(points: [Point]) { self.points = points }
}
