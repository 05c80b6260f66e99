public import Primitives

/// What a rule would have found in all that a node may open, had it run from the start.
public struct BackTestReport: Hashable, Sendable {
    public let rule: String
    public let hash: Digest
    /// The last block that it was run over.
    public let height: Height
    public let factCount: UInt64
    public var hitCount: UInt64 = 0
    /// Answers `not evaluated` because entries are sealed to others, and for other causes.
    public var sealedCount: UInt64 = 0
    public var unknownCount: UInt64 = 0
    /// Hits by the institution whose entry is found fault with.
    public var institutions: [Count] = []
    /// What the hits put at stake.
    public var amounts: [Amount] = []
    /// Hits on entries that another rule finds fault with, too, by rule.
    public var overlaps: [Count] = []
    /// Against the version that is in force: what that one does not find, and what only it finds.
    public var wonCount: UInt64 = 0
    public var lostCount: UInt64 = 0

    public struct Count: Hashable, Sendable {
        public let name: String
        public let count: UInt64

        public init(name: String, count: UInt64) {
            self.name = name
            self.count = count
        }
    }

    public struct Amount: Hashable, Sendable {
        public let currency: String
        public let minorUnits: Int64

        public init(currency: String, minorUnits: Int64) {
            self.currency = currency
            self.minorUnits = minorUnits
        }
    }

    public init(rule: String, hash: Digest, height: Height, factCount: UInt64) {
        self.rule = rule
        self.hash = hash
        self.height = height
        self.factCount = factCount
    }
}

extension BackTestReport {
    /// `[1, tstr, digest, 7 numbers, [* [tstr, uint]], [* [tstr, int]], [* [tstr, uint]]]`.
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 512)
        writer.array(13)
        writer.unsigned(1)
        writer.text(rule)
        writer.digest(hash)
        for number in [
            height.blocks, factCount, hitCount, sealedCount, unknownCount, wonCount, lostCount,
        ] { writer.unsigned(number) }
        func write(_ counts: [Count]) {
            writer.array(counts.count)
            for item in counts {
                writer.array(2)
                writer.text(item.name)
                writer.unsigned(item.count)
            }
        }
        write(institutions)
        writer.array(amounts.count)
        for amount in amounts {
            writer.array(2)
            writer.text(amount.currency)
            writer.integer(amount.minorUnits)
        }
        write(overlaps)
        return writer.bytes
    }

    /// Reads a report from exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(SupervisionError) -> BackTestReport {
        try reading("back-test report", bytes) { reader throws(CBORError) in
            try reader.array(exactly: 13)
            try reader.version(1)
            let (rule, hash) = (try reader.text(atMost: 64), try reader.digest())
            var report = BackTestReport(
                rule: rule, hash: hash, height: Height(try reader.unsigned()),
                factCount: try reader.unsigned())
            report.hitCount = try reader.unsigned()
            report.sealedCount = try reader.unsigned()
            report.unknownCount = try reader.unsigned()
            report.wonCount = try reader.unsigned()
            report.lostCount = try reader.unsigned()
            report.institutions = try counts(from: &reader)
            for _ in 0..<(try reader.array(atMost: 256)) {
                try reader.array(exactly: 2)
                report.amounts.append(
                    Amount(
                        currency: try reader.text(atMost: 8), minorUnits: try reader.integer()))
            }
            report.overlaps = try counts(from: &reader)
            return report
        }
    }

    private static func counts(from reader: inout CBORReader) throws(CBORError) -> [Count] {
        var counts: [Count] = []
        for _ in 0..<(try reader.array(atMost: 8_192)) {
            try reader.array(exactly: 2)
            counts.append(
                Count(name: try reader.text(atMost: 64), count: try reader.unsigned()))
        }
        return counts
    }
}
