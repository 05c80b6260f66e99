internal import Primitives

/// All that it takes to check a finding again: its proof, the rules, the knowledge, the evidence.
///
/// Believed in nothing before an ``Auditor`` has checked it; evaluating the rule again is done
/// above this room. Source: `docs/formats/proof.md`.
public struct FindingBundle: Hashable, Sendable {
    /// Of the finding entry.
    public let proof: ProofFile
    /// The statement's bytes, opened.
    public let statement: [UInt8]
    /// Of the finding's payload, 32 bytes.
    public let salt: [UInt8]
    /// Canonical rules: the rule and those that it uses.
    public let rules: [[UInt8]]
    /// Knowledge tables: name and canonical rows used.
    public let knowledge: [Table]
    public let evidence: [Evidence]
    /// The entry that withdrew it, where one did.
    public let withdrawal: Withdrawal?
    /// What became of the finding's rule; without it, what the genesis says is taken.
    public let rule: RuleProof?
    /// What became of the knowledge tables that it read, by name; without one, the table is what
    /// the finding's issuer had.
    public let tables: [TableProof]
    /// How the ledger has the finding; without it, it may have been withdrawn.
    public let standing: StandingProof?

    /// The entry that withdraws a finding, opened.
    public struct Withdrawal: Hashable, Sendable {
        public let proof: ProofFile
        /// The bytes of a ``WithdrawalStatement``.
        public let statement: [UInt8]
        /// 32 bytes.
        public let salt: [UInt8]

        public init(proof: ProofFile, statement: [UInt8], salt: [UInt8]) {
            self.proof = proof
            self.statement = statement
            self.salt = salt
        }
    }

    /// The rows of a knowledge table that the rule looked at.
    public struct Table: Hashable, Sendable {
        public let name: String
        public let rows: [UInt8]

        public init(name: String, rows: [UInt8]) {
            self.name = name
            self.rows = rows
        }
    }

    /// An entry that the finding rests on, with its payload opened.
    public struct Evidence: Hashable, Sendable {
        public let proof: ProofFile
        public let payload: [UInt8]
        /// 32 bytes.
        public let salt: [UInt8]

        public init(proof: ProofFile, payload: [UInt8], salt: [UInt8]) {
            self.proof = proof
            self.payload = payload
            self.salt = salt
        }
    }

    public init(
        proof: ProofFile, statement: [UInt8], salt: [UInt8], rules: [[UInt8]],
        knowledge: [Table], evidence: [Evidence], withdrawal: Withdrawal? = nil,
        rule: RuleProof? = nil, tables: [TableProof] = [], standing: StandingProof? = nil
    ) {
        self.proof = proof
        self.statement = statement
        self.salt = salt
        self.rules = rules
        self.knowledge = knowledge
        self.evidence = evidence
        self.withdrawal = withdrawal
        self.rule = rule
        self.tables = tables
        self.standing = standing
    }

    /// The heads under which its parts are proved: the finding's own first.
    public var heads: [ClaimedHead] {
        let proofs = [proof] + evidence.map(\.proof) + (withdrawal.map { [$0.proof] } ?? [])
        return proofs.map(\.head) + (rule.map { [$0.head] } ?? []) + tables.map(\.head)
            + (standing.map { [$0.head] } ?? [])
    }
}

extension FindingBundle {
    /// The bytes of the bundle.
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 16_384)
        writer.map(
            7 + (withdrawal == nil ? 0 : 1) + (rule == nil ? 0 : 1) + (tables.isEmpty ? 0 : 1)
                + (standing == nil ? 0 : 1))
        writer.unsigned(0)
        writer.unsigned(standing == nil ? 1 : FindingBundle.versionWithStanding)
        writer.unsigned(1)
        proof.encode(into: &writer)
        writer.unsigned(2)
        writer.bytes(statement)
        writer.unsigned(3)
        writer.bytes(salt)
        writer.unsigned(4)
        writer.array(rules.count)
        for rule in rules { writer.bytes(rule) }
        writer.unsigned(5)
        writer.array(knowledge.count)
        for table in knowledge {
            writer.array(2)
            writer.text(table.name)
            writer.bytes(table.rows)
        }
        writer.unsigned(6)
        writer.array(evidence.count)
        for item in evidence {
            writer.array(3)
            item.proof.encode(into: &writer)
            writer.bytes(item.payload)
            writer.bytes(item.salt)
        }
        if let withdrawal {
            writer.unsigned(7)
            writer.array(3)
            withdrawal.proof.encode(into: &writer)
            writer.bytes(withdrawal.statement)
            writer.bytes(withdrawal.salt)
        }
        if let rule {
            writer.unsigned(8)
            rule.encode(into: &writer)
        }
        if !tables.isEmpty {
            writer.unsigned(9)
            writer.array(tables.count)
            for table in tables { table.encode(into: &writer) }
        }
        if let standing {
            writer.unsigned(10)
            standing.encode(into: &writer)
        }
        return writer.bytes
    }

    /// The version of bundles that show how the ledger has the finding.
    private static let versionWithStanding: UInt64 = 2

    /// Reads a bundle from exactly these bytes.
    ///
    /// - Throws: ``ProofFailure`` at step ``ProofStep/form``.
    public static func decode(_ bytes: [UInt8]) throws(ProofFailure) -> FindingBundle {
        try reading("finding bundle", bytes[...]) { reader throws(CBORError) in
            try FindingBundle(from: &reader)
        }
    }

    private init(from reader: inout CBORReader) throws(CBORError) {
        let start = reader.offset
        let fields = try reader.map(atMost: 11)
        guard fields >= 7 else {
            throw .outOfRange(offset: start, what: "count of map pairs", limit: 11)
        }
        try reader.key(0)
        let place = reader.offset
        let newest = FindingBundle.versionWithStanding
        let showsStanding = try reader.version(in: 1...newest) == newest
        try reader.key(1)
        proof = try ProofFile(from: &reader)
        try reader.key(2)
        statement = Array(try reader.bytes())
        try reader.key(3)
        salt = Array(try reader.bytes(exactly: 32))
        try reader.key(4)
        rules = try reader.list(atMost: 1_024) { reader throws(CBORError) in
            Array(try reader.bytes())
        }
        try reader.key(5)
        knowledge = try reader.list(atMost: 1_024) { reader throws(CBORError) in
            try reader.array(exactly: 2)
            return Table(name: try reader.text(atMost: 255), rows: Array(try reader.bytes()))
        }
        try reader.key(6)
        evidence = try reader.list(atMost: 65_536) { reader throws(CBORError) in
            try Evidence(from: &reader)
        }
        var withdrawal: Withdrawal?
        var rule: RuleProof?
        var tables: [TableProof] = []
        var standing: StandingProof?
        var previous: UInt64 = 6
        for _ in 7..<fields {
            let start = reader.offset
            let key = try reader.unsigned()
            guard key > previous else { throw .keyOutOfOrder(offset: start) }
            previous = key
            switch key {
            case 7: withdrawal = try Withdrawal(from: &reader)
            case 8: rule = try RuleProof(from: &reader)
            case 9:
                tables = try reader.list(atMost: 256) { reader throws(CBORError) in
                    try TableProof(from: &reader)
                }
            case 10 where showsStanding: standing = try StandingProof(from: &reader)
            default: throw .key(offset: start, key: key, problem: .unknown)
            }
        }
        guard (standing != nil) == showsStanding else {
            throw .version(offset: place, found: 2, supported: 1)
        }
        self.withdrawal = withdrawal
        self.rule = rule
        self.tables = tables
        self.standing = standing
    }
}

extension FindingBundle.Evidence {
    fileprivate init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 3)
        self.init(
            proof: try ProofFile(from: &reader), payload: Array(try reader.bytes()),
            salt: Array(try reader.bytes(exactly: 32)))
    }
}

extension FindingBundle.Withdrawal {
    fileprivate init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 3)
        self.init(
            proof: try ProofFile(from: &reader), statement: Array(try reader.bytes()),
            salt: Array(try reader.bytes(exactly: 32)))
    }
}
