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
    /// Cases closed as confirmed: in which it finds what the version in force does not, and in
    /// which it does not find any more what was found.
    public var confirmedWonCount: UInt64 = 0
    public var confirmedLostCount: UInt64 = 0
    /// Cases closed as not suspicious, or overturned, in which it finds something.
    public var clearedCount: UInt64 = 0

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
    /// `[2, [* report]]`.
    public static func encode(_ reports: [BackTestReport]) -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 512 * reports.count)
        writer.array(2)
        writer.unsigned(2)
        writer.array(reports.count)
        for report in reports { report.encode(into: &writer) }
        return writer.bytes
    }

    /// `[tstr, digest, 10 numbers, [* [tstr, uint]], [* [tstr, int]], [* [tstr, uint]]]`.
    private func encode(into writer: inout CBORWriter) {
        writer.array(15)
        writer.text(rule)
        writer.digest(hash)
        for number in [
            height.blocks, factCount, hitCount, sealedCount, unknownCount, wonCount, lostCount,
            confirmedWonCount, confirmedLostCount, clearedCount,
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
    }

    /// Reads reports from exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(SupervisionError) -> [BackTestReport] {
        try reading("back-test report", bytes) { reader throws(CBORError) in
            try reader.array(exactly: 2)
            try reader.version(2)
            return try reader.list(atMost: 4_096) { reader throws(CBORError) in
                try BackTestReport(from: &reader)
            }
        }
    }

    private init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 15)
        let (rule, hash) = (try reader.text(atMost: 64), try reader.digest())
        self.init(
            rule: rule, hash: hash, height: Height(try reader.unsigned()),
            factCount: try reader.unsigned())
        hitCount = try reader.unsigned()
        sealedCount = try reader.unsigned()
        unknownCount = try reader.unsigned()
        wonCount = try reader.unsigned()
        lostCount = try reader.unsigned()
        confirmedWonCount = try reader.unsigned()
        confirmedLostCount = try reader.unsigned()
        clearedCount = try reader.unsigned()
        institutions = try BackTestReport.counts(from: &reader)
        for _ in 0..<(try reader.array(atMost: 256)) {
            try reader.array(exactly: 2)
            amounts.append(
                Amount(currency: try reader.text(atMost: 8), minorUnits: try reader.integer()))
        }
        overlaps = try BackTestReport.counts(from: &reader)
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
