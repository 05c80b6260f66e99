public import Primitives
internal import Records

/// What a node tells of governance: what there is to vote on, who may, and who follows.
public struct GovernanceSummary: Sendable {
    /// The last block.
    public let height: Height
    /// By id, increasing.
    public let institutions: [Institution]
    public let parameters: Parameters
    /// Those in force, then those on trial, each by id, increasing.
    public let rules: [RuleVersion]
    /// The knowledge tables in force, by name, increasing.
    public let tables: [TableVersion]
    public let policy: GovernancePolicy
    /// In the order of the ledger.
    public let proposals: [ProposalRecord]
    public let attendance: Attendance
    public let standing: LedgerStanding

    /// The summary of a ledger after its last block.
    public init(_ state: LedgerState) {
        height = state.head.height
        institutions = state.institutions
        parameters = state.parameters
        rules = state.charter.rules + state.charter.trials
        tables = state.charter.tables
        policy = state.charter.policy
        proposals = state.governance.proposals
        attendance = state.governance.attendance
        standing = state.governance.standing
    }
}

extension GovernanceSummary {
    /// `[3, height, [* institution], parameters, policy, [* [digest, bstr]], bstr, bstr,
    /// [* rule-version], [* table-version]]`.
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 4_096)
        writer.array(10)
        writer.unsigned(3)
        writer.unsigned(height.blocks)
        writer.array(institutions.count)
        for institution in institutions { institution.encode(into: &writer) }
        parameters.encode(into: &writer)
        policy.encode(into: &writer)
        writer.array(proposals.count)
        for record in proposals {
            writer.array(2)
            writer.digest(record.id)
            writer.bytes(record.encode())
        }
        writer.bytes(attendance.encode())
        writer.bytes(standing.encode())
        writer.array(rules.count)
        for rule in rules { rule.encode(into: &writer) }
        writer.array(tables.count)
        for table in tables { table.encode(into: &writer) }
        return writer.bytes
    }

    /// Reads a summary from exactly these bytes.
    public static func decode(_ bytes: ArraySlice<UInt8>) throws(LedgerError) -> GovernanceSummary {
        let parts = try reading("summary of governance", bytes) { reader throws(CBORError) in
            try Parts(from: &reader)
        }
        var proposals: [ProposalRecord] = []
        for (id, bytes) in parts.proposals {
            proposals.append(try ProposalRecord.decode(bytes, id: id))
        }
        return GovernanceSummary(
            parts, proposals: proposals, attendance: try Attendance.decode(parts.attendance),
            standing: try LedgerStanding.decode(parts.standing))
    }

    private init(
        _ parts: Parts, proposals: [ProposalRecord], attendance: Attendance,
        standing: LedgerStanding
    ) {
        height = parts.height
        institutions = parts.institutions
        parameters = parts.parameters
        rules = parts.rules
        tables = parts.tables
        policy = parts.policy
        self.proposals = proposals
        self.attendance = attendance
        self.standing = standing
    }

    private struct Parts {
        let height: Height
        let institutions: [Institution]
        let parameters: Parameters
        let policy: GovernancePolicy
        let proposals: [(Digest, [UInt8])]
        let attendance: [UInt8]
        let standing: [UInt8]
        let rules: [RuleVersion]
        let tables: [TableVersion]

        init(from reader: inout CBORReader) throws(CBORError) {
            try reader.array(exactly: 10)
            try reader.version(3)
            height = try reader.height()
            var institutions: [Institution] = []
            for _ in 0..<(try reader.array(atMost: Genesis.institutionCountMax)) {
                institutions.append(try Institution(from: &reader))
            }
            self.institutions = institutions
            parameters = try Parameters(from: &reader)
            policy = try GovernancePolicy(from: &reader)
            var proposals: [(Digest, [UInt8])] = []
            for _ in 0..<(try reader.array(atMost: .max)) {
                try reader.array(exactly: 2)
                proposals.append((try reader.digest(), Array(try reader.bytes())))
            }
            self.proposals = proposals
            attendance = Array(try reader.bytes())
            standing = Array(try reader.bytes())
            var rules: [RuleVersion] = []
            for _ in 0..<(try reader.array(atMost: 2 * Genesis.ruleCountMax)) {
                rules.append(try RuleVersion(from: &reader))
            }
            self.rules = rules
            var tables: [TableVersion] = []
            for _ in 0..<(try reader.array(atMost: TableVersion.countMax)) {
                tables.append(try TableVersion(from: &reader))
            }
            self.tables = tables
        }
    }
}
