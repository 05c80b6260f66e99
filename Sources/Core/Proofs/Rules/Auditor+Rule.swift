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
        let head = try prove(proof.head)
        try agree(
            .rule, "the state root", found: proof.state.root, right: head.header.stateRoot)
        let key = StateKey.ruleHistory(proof.rule).digest(in: ledger)
        guard proof.state.key == key else {
            guard proof.state.excludes(key) else {
                throw ProofFailure(
                    .rule, "the state map's part shown says nothing of rule \(proof.rule)")
            }
            return ProvenRule(
                rule: proof.rule, head: head, history: RuleHistory(proof.rule, in: genesis),
                isAsInGenesis: true)
        }
        let history = try step(.rule) { () throws(LedgerError) in
            try RuleHistory.decode(proof.state.value)
        }
        return ProvenRule(
            rule: proof.rule, head: head, history: history, isAsInGenesis: false)
    }
}
