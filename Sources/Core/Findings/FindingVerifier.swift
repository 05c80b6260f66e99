public import Ledger
public import Primitives
public import Proofs
public import Records
public import RuleEngine
internal import RuleLanguage

/// Checks a finding offline: that its bundle is what the ledger commits to, and that the rule,
/// run again over the evidence, gives the same bytes.
///
/// It trusts the genesis, and a head where one is given; no node, and nobody who made the bundle.
public struct FindingVerifier: Sendable {
    /// What a rule is run over, every part of it proved.
    public struct Material: Sendable {
        /// The canonical rule.
        public let rule: [UInt8]
        /// The knowledge tables that the finding names, each with the hash that it names.
        public let tables: [KnowledgeTable]
        /// The facts of the evidence, in ledger order.
        public let facts: [AnchoredFact]
        /// The time up to which windows are closed.
        public let present: Timestamp
    }

    /// Runs the rule, and gives the bodies of what it finds, or says in words why it cannot.
    public typealias Evaluation = (Material) -> Result<[[UInt8]], EvaluationProblem>

    private let genesis: Genesis
    let auditor: Auditor
    /// Gives a knowledge table by its hash that is too large for bundles; it is not trusted.
    public var archive: @Sendable (Digest) -> KnowledgeTable? = { _ in nil }

    /// A verifier that trusts the genesis, and the head if there is one.
    public init(
        genesis: Genesis, trusted: TrustedHead? = nil,
        chain: GovernanceChain = GovernanceChain(links: [])
    ) throws(FindingFailure) {
        self.genesis = genesis
        auditor = try proved { () throws(ProofFailure) in
            try Auditor(genesis: genesis, trusted: trusted, chain: chain)
        }
    }

    /// A verifier that trusts what this auditor of the genesis' ledger trusts.
    public init(genesis: Genesis, auditor: Auditor) {
        self.genesis = genesis
        self.auditor = auditor
    }

    /// The finding, once every step has been done.
    ///
    /// - Throws: ``FindingFailure``, the first step that fails.
    public func verify(
        _ bundle: FindingBundle, by evaluate: Evaluation
    ) throws(FindingFailure) -> VerifiedFinding {
        let proven = try proved { () throws(ProofFailure) in try auditor.verify(bundle) }
        let outline = try outline(of: proven.statement)
        let rule = try rule(outline, proven)
        let tables = try outline.tables.map { (table) throws(FindingFailure) in
            try self.table(table, of: proven)
        }
        let names = Dictionary(
            proven.statement.joins.map { ($0.pseudonym, $0.reference) },
            uniquingKeysWith: { first, _ in first })
        let facts = try facts(of: proven, outline).map { item in
            AnchoredFact(
                fact: item.fact.renaming { names[$0] ?? $0 }, position: item.position)
        }
        let material = Material(
            rule: rule, tables: tables, facts: facts, present: proven.entry.head.header.time)
        let bodies: [[UInt8]]
        switch evaluate(material) {
        case .success(let found): bodies = found
        case .failure(let problem): throw FindingFailure(.evaluation, problem.reason)
        }
        guard bodies.contains(proven.statement.body) else {
            throw FindingFailure(
                .evaluation,
                "the rule gives \(bodies.count) findings on this evidence, and none of them has "
                    + "the id \(proven.statement.finding)")
        }
        return VerifiedFinding(proven: proven, outline: outline)
    }

    private func outline(
        of statement: FindingStatement
    ) throws(FindingFailure) -> FindingOutline {
        do throws(CBORError) {
            return try FindingOutline.decode(statement.body)
        } catch {
            throw FindingFailure(.body, "the body is malformed: \(error)")
        }
    }

    /// The canonical rule, if it is one that the finding's issuer could anchor findings of, as of
    /// the finding's block and for the service that it is about.
    private func rule(
        _ outline: FindingOutline, _ proven: ProvenFinding
    ) throws(FindingFailure) -> [UInt8] {
        let issuer = proven.entry.entry.issuer
        let height = proven.statement.height
        let history = proven.rule?.history ?? RuleHistory(outline.rule, in: genesis)
        if let rule = proven.rule?.rule, rule != outline.rule {
            throw FindingFailure(
                .rule, "the bundle shows what became of \(rule), not of \(outline.rule)")
        }
        guard let stood = history.standing(at: height), stood.inForce != nil || stood.trial != nil
        else { throw FindingFailure(.rule, "the ledger has no rule \(outline.rule)") }
        let day = service(outline, proven)
        guard let version = stood.version(outline.ruleHash, on: day, anchoredBy: issuer) else {
            let right =
                stood.inForce?.hash(on: day).map { "; right would be \($0)" }
                ?? "; no version was in force"
            throw FindingFailure(
                .rule,
                "\(outline.rule) has the hash \(outline.ruleHash) in the finding, as of block "
                    + "\(height) and a service of \(day)\(right)")
        }
        guard version.runners.contains(issuer) else {
            throw FindingFailure(.rule, "\(issuer) does not run \(outline.rule)")
        }
        for bytes in proven.rules {
            if let rule = try? Rule.decode(bytes), rule.hash == outline.ruleHash { return bytes }
        }
        throw FindingFailure(.rule, "the bundle has no rule with the hash \(outline.ruleHash)")
    }

    /// The latest day among the entries that speak against somebody.
    private func service(_ outline: FindingOutline, _ proven: ProvenFinding) -> Day {
        let violating = Set(outline.violating.map(\.index))
        return proven.evidence.map(\.entry).filter { violating.contains($0.leafIndex) }
            .map(\.entry.eventTime.day).max() ?? proven.entry.entry.eventTime.day
    }

    /// The table, if it is the one that the ledger names for the block that the finding is as of,
    /// as far as the bundle shows.
    private func table(
        _ wanted: FindingOutline.Table, of proven: ProvenFinding
    ) throws(FindingFailure) -> KnowledgeTable {
        let history = proven.tables.first { $0.table == wanted.name }?.history
        let height = proven.statement.height
        if let right = history?.standing(at: height)?.version, right.hash != wanted.hash {
            throw FindingFailure(
                .knowledge,
                "the table '\(wanted.name)' has the hash \(wanted.hash) in the finding; right for "
                    + "block \(height) would be \(right.hash)")
        }
        for table in proven.knowledge where table.name == wanted.name {
            if let read = try? KnowledgeTable.decode(table.rows), read.hash == wanted.hash {
                return read
            }
        }
        if let kept = archive(wanted.hash), kept.hash == wanted.hash { return kept }
        throw FindingFailure(
            .knowledge,
            "the bundle has no table '\(wanted.name)' with the hash \(wanted.hash), and no folder "
                + "of tables that was named")
    }

    /// The facts of the evidence, if it is the very entries that the body names.
    private func facts(
        of proven: ProvenFinding, _ outline: FindingOutline
    ) throws(FindingFailure) -> [AnchoredFact] {
        let evidence = proven.evidence.sorted { $0.entry.leafIndex < $1.entry.leafIndex }
        guard evidence.map(\.entry.leafIndex) == outline.leaves else {
            throw FindingFailure(
                .evidence,
                "the bundle opens other entries than the \(outline.leaves.count) that the body "
                    + "names")
        }
        let named = outline.violating + outline.involved
        var facts: [AnchoredFact] = []
        for item in evidence {
            let entry = item.entry
            guard entry.leafIndex < proven.entry.leafIndex else {
                throw FindingFailure(
                    .evidence, "leaf \(entry.leafIndex) comes after the finding itself")
            }
            for leaf in named where leaf.index == entry.leafIndex {
                guard leaf.hash == entry.leafHash else {
                    throw FindingFailure(
                        .evidence,
                        "leaf \(leaf.index) has the hash \(leaf.hash) in the body; "
                            + "right would be \(entry.leafHash)")
                }
            }
            facts += try self.facts(of: item)
        }
        return facts
    }

    private func facts(
        of item: ProvenFinding.Evidence
    ) throws(FindingFailure) -> [AnchoredFact] {
        let payload: Payload
        do throws(PayloadProblem) {
            payload = try PayloadCheck.read(item.payload, of: item.entry.entry)
        } catch {
            throw FindingFailure(.evidence, "leaf \(item.entry.leafIndex): \(error)")
        }
        let header = item.entry.head.header
        return payload.facts.enumerated().map { ordinal, fact in
            AnchoredFact(
                fact: fact,
                position: LedgerPosition(
                    leafIndex: item.entry.leafIndex, leafHash: item.entry.leafHash,
                    ordinal: UInt32(ordinal), height: header.height, anchored: header.time,
                    issuer: item.entry.entry.issuer))
        }
    }
}

/// A finding that was proved and found again.
public struct VerifiedFinding: Sendable {
    public let proven: ProvenFinding
    public let outline: FindingOutline

    /// The persons whose pseudonyms the finding's issuer joins, for the report.
    public var joined: [String] {
        proven.statement.joins.map { join in
            "That the pseudonyms \(join.pseudonym) and \(join.reference) are one person's is what "
                + "\(proven.entry.entry.issuer) says, who holds the patient's key or a link; the "
                + "bundle does not prove it."
        }
    }

    /// What this does not prove, for the report.
    public var limits: [String] {
        var limits = VerifiedFinding.limits
        if let standing = proven.standing {
            if standing.withdrawal == nil {
                limits.append(
                    "That the finding was not withdrawn after block "
                        + "\(standing.head.header.height) is not proved.")
            }
        } else if proven.withdrawal == nil {
            limits.append("That the finding stands, and was not withdrawn, is not proved.")
        }
        if proven.rule == nil {
            limits.append(
                "The rule is the one that the genesis has: that no vote had changed it is not "
                    + "proved.")
        }
        for table in outline.tables {
            let shown = proven.tables.first { $0.table == table.name }
            if shown?.history?.standing(at: proven.statement.height)?.version != nil { continue }
            limits.append(
                shown == nil
                    ? "That the ledger names this version of the table '\(table.name)' is not "
                        + "proved."
                    : "The ledger names no version of the table '\(table.name)' for that block: it "
                        + "is the one that the finding's issuer has.")
        }
        return limits
    }

    private static let limits = [
        "The bundle holds what the rule read, not all that it might have read: that no other "
            + "entry speaks against the finding is not proved here.",
        "Times of anchoring are those of the header that each proof is cut under, or earlier.",
    ]
}

/// Why a rule could not be run.
public struct EvaluationProblem: Error, Equatable, Sendable {
    public let reason: String

    public init(_ reason: String) {
        self.reason = reason
    }
}
