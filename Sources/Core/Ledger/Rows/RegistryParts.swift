internal import Consensus
internal import Primitives

/// The values of the state map that make up the registry, while they are read.
struct RegistryParts {
    private var institutions: [Institution] = []
    private var parameters: Parameters?
    private var rules: [RuleVersion] = []
    private var trials: [RuleVersion] = []
    private var histories: [String: RuleHistory] = [:]
    private var tableHistories: [String: TableHistory] = [:]
    private var policy = GovernancePolicy.standard
    private var proposals: [ProposalRecord] = []
    private var attendance = Attendance()
    private var standing = LedgerStanding()
    private var sets: [(from: Height, validators: ValidatorSet)] = []
    private var credentials: [OpaqueID: RegisteredCredential] = [:]

    /// The registry that these records make up, of a ledger that began then.
    static func registry(
        from records: some Sequence<StateMap.Record>, since genesis: Genesis
    ) throws(LedgerError) -> Registry {
        var parts = RegistryParts()
        for record in records {
            guard case .bytes(let bytes) = record.value else { continue }
            try parts.add(record.key, bytes)
        }
        return try parts.registry(since: genesis)
    }

    /// Takes a value; those of other spaces are passed over.
    mutating func add(_ key: StateKey, _ bytes: [UInt8]) throws(LedgerError) {
        switch key {
        case .institution: institutions.append(try Institution.decode(bytes))
        case .credential(let id): credentials[id] = try RegisteredCredential.decode(bytes)
        case .parameters:
            parameters = try reading("parameters", bytes[...]) { reader throws(CBORError) in
                try Parameters(from: &reader)
            }
        case .rule: rules.append(try RegistryParts.rule(bytes))
        case .ruleTrial: trials.append(try RegistryParts.rule(bytes))
        case .ruleHistory(let id): histories[id] = try RuleHistory.decode(bytes)
        case .tableHistory(let name): tableHistories[name] = try TableHistory.decode(bytes)
        case .policy:
            policy = try reading("policy", bytes[...]) { reader throws(CBORError) in
                try GovernancePolicy(from: &reader)
            }
        case .proposal(let id): proposals.append(try ProposalRecord.decode(bytes, id: id))
        case .attendance: attendance = try Attendance.decode(bytes)
        case .standing: standing = try LedgerStanding.decode(bytes)
        case .validators(let height):
            do throws(ConsensusError) {
                sets.append((height, try ValidatorSet.decode(bytes)))
            } catch {
                throw .restore("the validators from height \(height): \(error)")
            }
        default: break
        }
    }

    private static func rule(_ bytes: [UInt8]) throws(LedgerError) -> RuleVersion {
        try reading("rule version", bytes[...]) { reader throws(CBORError) in
            try RuleVersion(from: &reader)
        }
    }

    /// The registry, where all parts of it were there and fit together.
    func registry(since genesis: Genesis) throws(LedgerError) -> Registry {
        guard let parameters else { throw .restore("the parameters are missing") }
        let charter: Charter
        do throws(Charter.Problem) {
            charter = try Charter(
                institutions: institutions.sorted { $0.id < $1.id }, parameters: parameters,
                rules: rules.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) },
                trials: trials.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) },
                tables: tableHistories.values.compactMap(\.current?.version).sorted {
                    $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
                }, policy: policy)
        } catch {
            throw .restore(error.reason)
        }
        return Registry(
            Governance(
                charter: charter, proposals: proposals.sorted { $0.leaf < $1.leaf },
                attendance: attendance, standing: standing,
                sets: sets.sorted { $0.from < $1.from }, histories: histories,
                tableHistories: tableHistories, since: genesis), credentials: credentials)
    }
}
