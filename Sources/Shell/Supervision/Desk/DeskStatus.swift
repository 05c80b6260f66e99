public import Ledger
public import Primitives

/// How supervision on this node stands, in numbers.
public struct DeskStatus: Hashable, Sendable {
    /// The last block that was taken in.
    public var height = Height.genesis
    /// Entries whose payload is sealed to this institution and has not come.
    public var awaitedCount: UInt64 = 0
    /// Payloads that wait for a recipient.
    public var waitingCount: UInt64 = 0
    /// Payloads that were not what their entries say.
    public var mismatchCount: UInt64 = 0
    /// Payloads that a recipient refused.
    public var refusedCount: UInt64 = 0
    /// Own payloads sealed and not committed.
    public var orphanCount: UInt64 = 0
    /// Findings that this node's rules have open, and those that stand on the ledger.
    public var openCount: UInt64 = 0
    public var standingCount: UInt64 = 0
    /// Findings that were withdrawn on the ledger.
    public var withdrawnCount: UInt64 = 0
    /// Rules that run here; those that do not, with the reason; and what they could not evaluate.
    public var rules: [RuleStanding] = []
    /// The knowledge tables that the ledger names.
    public var tables: [TableStanding] = []

    /// How one knowledge table fares on this node.
    public struct TableStanding: Hashable, Sendable {
        public let table: TableVersion
        /// Bytes that are here: all of them once the table can be read.
        public let byteCount: UInt64
        /// How many rules that run here look things up in it.
        public let ruleCount: UInt64
        /// Why it is not used; empty where it is.
        public let problem: String

        public init(
            table: TableVersion, byteCount: UInt64, ruleCount: UInt64, problem: String
        ) {
            self.table = table
            self.byteCount = byteCount
            self.ruleCount = ruleCount
            self.problem = problem
        }
    }

    /// How one rule fares on this node.
    public struct RuleStanding: Hashable, Sendable {
        public let rule: String
        public let hash: Digest
        public let stage: RuleVersion.Stage
        public let openCount: UInt64
        /// Answers `not evaluated` because entries are sealed to others, and for other causes.
        public let sealedCount: UInt64
        public let unknownCount: UInt64
        /// Why it does not run; empty where it does.
        public let problem: String

        public init(
            rule: String, hash: Digest, stage: RuleVersion.Stage, openCount: UInt64,
            sealedCount: UInt64, unknownCount: UInt64,
            problem: String
        ) {
            self.rule = rule
            self.hash = hash
            self.stage = stage
            self.openCount = openCount
            self.sealedCount = sealedCount
            self.unknownCount = unknownCount
            self.problem = problem
        }
    }

    public init() {}
}

extension DeskStatus {
    private var numbers: [UInt64] {
        [
            height.blocks, awaitedCount, waitingCount, mismatchCount, refusedCount, orphanCount,
            openCount, standingCount, withdrawnCount,
        ]
    }

    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 128 + rules.count * 64)
        writer.array(12)
        writer.unsigned(3)
        for number in numbers { writer.unsigned(number) }
        writer.array(rules.count)
        for rule in rules {
            writer.array(7)
            writer.text(rule.rule)
            writer.digest(rule.hash)
            writer.text(rule.stage.rawValue)
            writer.unsigned(rule.openCount)
            writer.unsigned(rule.sealedCount)
            writer.unsigned(rule.unknownCount)
            writer.text(rule.problem)
        }
        writer.array(tables.count)
        for table in tables {
            writer.array(4)
            table.table.encode(into: &writer)
            writer.unsigned(table.byteCount)
            writer.unsigned(table.ruleCount)
            writer.text(table.problem)
        }
        return writer.bytes
    }

    /// Reads a status from exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(SupervisionError) -> DeskStatus {
        try reading("status of the desk", bytes) { reader throws(CBORError) in
            try reader.array(exactly: 12)
            try reader.version(3)
            var status = DeskStatus()
            status.height = Height(try reader.unsigned())
            status.awaitedCount = try reader.unsigned()
            status.waitingCount = try reader.unsigned()
            status.mismatchCount = try reader.unsigned()
            status.refusedCount = try reader.unsigned()
            status.orphanCount = try reader.unsigned()
            status.openCount = try reader.unsigned()
            status.standingCount = try reader.unsigned()
            status.withdrawnCount = try reader.unsigned()
            for _ in 0..<(try reader.array(atMost: 4_096)) {
                try reader.array(exactly: 7)
                let rule = try reader.text(atMost: 64)
                let hash = try reader.digest()
                let start = reader.offset
                let word = try reader.text(atMost: 16)
                guard let stage = RuleVersion.Stage(rawValue: word) else {
                    throw .unexpected(
                        offset: start, expected: "a stage of a rule", found: word)
                }
                status.rules.append(
                    RuleStanding(
                        rule: rule, hash: hash, stage: stage, openCount: try reader.unsigned(),
                        sealedCount: try reader.unsigned(), unknownCount: try reader.unsigned(),
                        problem: try reader.text(atMost: 16_384)))
            }
            status.tables = try reader.list(atMost: TableVersion.countMax) {
                reader throws(CBORError) in
                try reader.array(exactly: 4)
                return TableStanding(
                    table: try TableVersion(from: &reader), byteCount: try reader.unsigned(),
                    ruleCount: try reader.unsigned(),
                    problem: try reader.text(atMost: 16_384))
            }
            return status
        }
    }
}
