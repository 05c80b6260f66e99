public import Primitives

/// What became of one rule on the ledger, from block to block: which version was in force when.
///
/// It stands in the state map from the first change on, so that one proof under any later state
/// root answers for every height and date before. Source: `docs/formats/governance.md`.
public struct RuleHistory: Hashable, Sendable {
    /// By height, increasing; at least one.
    public private(set) var points: [Point]

    /// How the rule stood from a block on.
    public struct Point: Hashable, Sendable {
        /// The first block for which it stood so.
        public let from: Height
        /// The time of the block below.
        public let time: Timestamp
        /// The version in force, if one was.
        public let inForce: RuleVersion?
        /// The version on trial, if one was.
        public let trial: RuleVersion?

        public init(
            from: Height, time: Timestamp, inForce: RuleVersion?, trial: RuleVersion?
        ) {
            self.from = from
            self.time = time
            self.inForce = inForce
            self.trial = trial
        }
    }

    /// The history of a rule that is as the genesis has it, or that it does not have.
    public init(_ rule: String, in genesis: Genesis) {
        self.init(rule, in: genesis.charter, since: genesis.start)
    }

    init(_ rule: String, in charter: Charter, since start: Timestamp) {
        points = [
            Point(
                from: Height(1), time: start, inForce: charter.rules.first { $0.id == rule },
                trial: nil)
        ]
    }

    /// Notes how the rule stands from a block on.
    mutating func add(_ point: Point) {
        if points.last?.from == point.from { points.removeLast() }
        points.append(point)
    }

    /// Whether it has no room for the change of another vote: a proof shows all of it.
    var isFull: Bool { encode().count > MapProof.valueByteCountMax - RuleHistory.reserve }

    /// Room to end the rule, in bytes: more than the longest point has.
    private static let reserve = 1 << 17

    /// How the rule stood for the block of a height.
    public func point(at height: Height) -> Point? { points.last { $0.from <= height } }

    /// How the rule stood for what was anchored at a time.
    public func point(on time: Timestamp) -> Point? { points.last { $0.time <= time } }
}

extension RuleHistory.Point {
    /// The version that an institution could anchor a finding of, by the rule's hash and the day of
    /// the service: one in force for that day, or one on trial there.
    public func version(
        _ hash: Digest, on day: Day, anchoredBy institution: InstitutionID
    ) -> RuleVersion? {
        if let inForce, inForce.hash(on: day) == hash { return inForce }
        guard let trial, trial.hash(on: day) == hash, trial.publishers.contains(institution)
        else { return nil }
        return trial
    }
}

extension RuleHistory {
    /// `[+ [height, timestamp, rule-version / null, rule-version / null]]`.
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 256 * points.count)
        writer.array(points.count)
        for point in points {
            writer.array(4)
            writer.unsigned(point.from.blocks)
            writer.integer(point.time.milliseconds)
            for version in [point.inForce, point.trial] {
                if let version { version.encode(into: &writer) } else { writer.null() }
            }
        }
        return writer.bytes
    }

    /// Reads a history from exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(LedgerError) -> RuleHistory {
        let points = try reading("rule history", bytes[...]) {
            reader throws(CBORError) -> [Point] in
            var points: [Point] = []
            let start = reader.offset
            for _ in 0..<(try reader.array(atMost: 1 << 16)) {
                try reader.array(exactly: 4)
                points.append(
                    Point(
                        from: try reader.height(), time: try reader.timestamp(),
                        inForce: try reader.isNull() ? nil : try RuleVersion(from: &reader),
                        trial: try reader.isNull() ? nil : try RuleVersion(from: &reader)))
            }
            guard !points.isEmpty,
                zip(points, points.dropFirst()).allSatisfy({ $0.from < $1.from })
            else {
                throw .unexpected(
                    offset: start, expected: "points of increasing height", found: "others")
            }
            return points
        }
        return RuleHistory(points: points)
    }

    private init(points: [Point]) { self.points = points }
}
