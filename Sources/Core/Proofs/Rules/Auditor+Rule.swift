public import Ledger
internal import Primitives

/// What became of a rule up to a block that is proved.
public struct ProvenRule: Sendable {
    public let rule: String
    public let head: ProvenHead
    public let history: RuleHistory
    /// Whether no vote had changed the rule by then.
    public let isAsInGenesis: Bool
}

extension Auditor {
    /// The history of a rule, once the head is signed and the state map says so under it.
    ///
    /// - Throws: ``ProofFailure``, the first step that fails.
    public func verify(_ proof: RuleProof) throws(ProofFailure) -> ProvenRule {
        let (head, value) = try value(of: .ruleHistory(proof.rule), proof.head, proof.state)
        guard let value else {
            return ProvenRule(
                rule: proof.rule, head: head, history: RuleHistory(proof.rule, in: genesis),
                isAsInGenesis: true)
        }
        let history = try step(.rule) { () throws(LedgerError) in try RuleHistory.decode(value) }
        return ProvenRule(
            rule: proof.rule, head: head, history: history, isAsInGenesis: false)
    }

    /// The history of a knowledge table, as ``verify(_:)-(RuleProof)``.
    ///
    /// - Throws: ``ProofFailure``, the first step that fails.
    public func verify(_ proof: TableProof) throws(ProofFailure) -> ProvenTable {
        let (head, value) = try value(of: .tableHistory(proof.table), proof.head, proof.state)
        let history = try value.map { (value) throws(ProofFailure) in
            try step(.rule) { () throws(LedgerError) in try TableHistory.decode(value) }
        }
        return ProvenTable(table: proof.table, head: head, history: history)
    }

    /// What the state map says under a head of a key; nil where it says that there is nothing.
    func value(
        of key: StateKey, _ claimed: ClaimedHead, _ state: MapProof, at step: ProofStep = .rule
    ) throws(ProofFailure) -> (head: ProvenHead, value: [UInt8]?) {
        let head = try prove(claimed)
        try agree(step, "the state root", found: state.root, right: head.header.stateRoot)
        let digest = key.digest(in: ledger)
        if state.key == digest { return (head, state.value) }
        guard state.excludes(digest) else {
            throw ProofFailure(step, "the state map's part shown says nothing of the \(key)")
        }
        return (head, nil)
    }
}

/// What became of a knowledge table up to a block that is proved.
public struct ProvenTable: Sendable {
    public let table: String
    public let head: ProvenHead
    /// Nil where the ledger never named the table.
    public let history: TableHistory?
}
