internal import Cryptography
internal import Ledger
internal import Primitives
internal import Records

/// A finding bundle whose every part is proved to be what its entries commit to.
///
/// What is left to do, above this room: check that the rules have the hashes that the body names,
/// evaluate the rule over the facts of the evidence, and compare the body's bytes.
public struct ProvenFinding: Sendable {
    public let entry: ProvenEntry
    public let statement: FindingStatement
    public let rules: [[UInt8]]
    public let knowledge: [FindingBundle.Table]
    public let evidence: [Evidence]
    /// The entry that withdrew it, where the bundle has one.
    public let withdrawal: Withdrawal?
    /// What became of its rule, where the bundle proves it.
    public let rule: ProvenRule?
    /// What became of the tables that it read, as far as the bundle proves it.
    public let tables: [ProvenTable]
    /// How the ledger has it, where the bundle proves that.
    public let standing: Standing?

    /// The head as of which it stands, or stood, under its entry.
    public struct Standing: Sendable {
        public let head: ProvenHead
        /// The leaf of the entry that withdrew it; nil where none had by then.
        public let withdrawal: UInt64?
    }

    /// A withdrawal that is proved.
    public struct Withdrawal: Sendable {
        public let entry: ProvenEntry
        public let statement: WithdrawalStatement
    }

    /// An entry that is proved, and the payload that it commits to.
    public struct Evidence: Sendable {
        public let entry: ProvenEntry
        public let payload: [UInt8]
    }
}

extension Auditor {
    /// The parts of a bundle, once each has been checked against the entry that commits to it.
    ///
    /// - Throws: ``ProofFailure``, the first step that fails.
    public func verify(_ bundle: FindingBundle) throws(ProofFailure) -> ProvenFinding {
        let proven = try proveParts(of: bundle)
        try Auditor.checkOnePast(bundle.heads.map(\.header))
        return proven
    }

    private func proveParts(of bundle: FindingBundle) throws(ProofFailure) -> ProvenFinding {
        let entry = try verify(bundle.proof)
        guard case .finding(let mark) = entry.entry.body, !mark.isWithdrawn else {
            throw ProofFailure(
                .statement,
                "the entry is of kind \(entry.entry.kind); right would be one that states a "
                    + "finding")
        }
        let payload = Payload(
            mediaType: FindingStatement.mediaType, source: bundle.statement, facts: [])
        try agree(
            .statement, "the commitment to the statement",
            found: try commitment(.statement, to: payload.encode(), salt: bundle.salt),
            right: entry.entry.commitment)
        let statement = try FindingStatement.decode(bundle.statement)
        try agree(.statement, "the finding's id", found: statement.finding, right: mark.finding)
        var evidence: [ProvenFinding.Evidence] = []
        for item in bundle.evidence {
            let proven = try verify(item.proof)
            if case .unfit(let why) = proven.standing {
                throw ProofFailure(
                    .evidence, "leaf \(proven.leafIndex) is no evidence, it has no effect: \(why)")
            }
            try agree(
                .evidence, "the commitment of leaf \(proven.leafIndex)",
                found: try commitment(.evidence, to: item.payload, salt: item.salt),
                right: proven.entry.commitment)
            evidence.append(ProvenFinding.Evidence(entry: proven, payload: item.payload))
        }
        let withdrawal = try bundle.withdrawal.map { (withdrawal) throws(ProofFailure) in
            try verify(withdrawal, of: statement.finding, entry)
        }
        return ProvenFinding(
            entry: entry, statement: statement, rules: bundle.rules,
            knowledge: bundle.knowledge, evidence: evidence, withdrawal: withdrawal,
            rule: try bundle.rule.map { (proof) throws(ProofFailure) in
                try verify(proof, of: statement, entry)
            },
            tables: try bundle.tables.map { (proof) throws(ProofFailure) in
                try verify(proof, of: statement)
            },
            standing: try bundle.standing.map { (standing) throws(ProofFailure) in
                try check(standing, of: statement.finding, entry, withdrawal)
            })
    }

    /// How the ledger has a finding, if it has it under this entry, and withdrawn by the entry that
    /// the bundle has, where it has one.
    private func check(
        _ standing: StandingProof, of finding: Digest, _ entry: ProvenEntry,
        _ withdrawal: ProvenFinding.Withdrawal?
    ) throws(ProofFailure) -> ProvenFinding.Standing {
        let (head, value) = try value(
            of: .finding(finding), standing.head, standing.state, at: .withdrawal)
        let block = "as of block \(head.header.height)"
        guard let value else {
            throw ProofFailure(.withdrawal, "the ledger has no such finding \(block)")
        }
        let state = try step(.withdrawal) { () throws(CBORError) in
            try FindingState.decode(value)
        }
        try agree(
            .withdrawal, "the leaf of the finding's entry \(block)", found: entry.leafIndex,
            right: state.leafIndex)
        if let withdrawal, state.withdrawal != withdrawal.entry.leafIndex {
            throw ProofFailure(
                .withdrawal,
                "leaf \(withdrawal.entry.leafIndex) does not withdraw the finding \(block)")
        }
        return ProvenFinding.Standing(head: head, withdrawal: state.withdrawal)
    }

    /// What became of a rule, up to a block that is not before the one that the finding is as of.
    private func verify(
        _ proof: RuleProof, of statement: FindingStatement, _ entry: ProvenEntry
    ) throws(ProofFailure) -> ProvenRule {
        let proven = try verify(proof)
        try reaches(statement, proven.head, "rule")
        return proven
    }

    /// What became of a table, up to a block that is not before the one that the finding is as of.
    private func verify(
        _ proof: TableProof, of statement: FindingStatement
    ) throws(ProofFailure) -> ProvenTable {
        let proven = try verify(proof)
        try reaches(statement, proven.head, "table")
        return proven
    }

    private func reaches(
        _ statement: FindingStatement, _ head: ProvenHead, _ what: String
    ) throws(ProofFailure) {
        guard head.header.height >= statement.height else {
            throw ProofFailure(
                .rule,
                "the \(what)'s history is shown up to block \(head.header.height); the finding "
                    + "is as of block \(statement.height)")
        }
    }

    /// The withdrawal, if its entry is one of this finding, by who stated it, and after it.
    private func verify(
        _ withdrawal: FindingBundle.Withdrawal, of finding: Digest, _ entry: ProvenEntry
    ) throws(ProofFailure) -> ProvenFinding.Withdrawal {
        let proven = try verify(withdrawal.proof)
        guard case .finding(let mark) = proven.entry.body, mark.isWithdrawn else {
            throw ProofFailure(.withdrawal, "leaf \(proven.leafIndex) withdraws no finding")
        }
        let payload = Payload(
            mediaType: WithdrawalStatement.mediaType, source: withdrawal.statement, facts: [])
        try agree(
            .withdrawal, "the commitment to the statement",
            found: try commitment(.withdrawal, to: payload.encode(), salt: withdrawal.salt),
            right: proven.entry.commitment)
        let statement = try WithdrawalStatement.decode(withdrawal.statement)
        try agree(.withdrawal, "the finding's id", found: mark.finding, right: finding)
        try agree(.withdrawal, "the finding's id", found: statement.finding, right: finding)
        try agree(
            .withdrawal, "the finding's leaf", found: statement.standing, right: entry.leafIndex)
        try agree(
            .withdrawal, "the issuer", found: proven.entry.issuer, right: entry.entry.issuer)
        guard proven.leafIndex > entry.leafIndex else {
            throw ProofFailure(
                .withdrawal, "leaf \(proven.leafIndex) comes before the finding itself")
        }
        return ProvenFinding.Withdrawal(entry: proven, statement: statement)
    }

    private func commitment(
        _ at: ProofStep, to payload: [UInt8], salt: [UInt8]
    ) throws(ProofFailure) -> Digest {
        try step(at) { () throws(CryptographyError) in
            try PayloadCommitment.commit(to: payload, salt: salt, ledger: ledger)
        }
    }
}
