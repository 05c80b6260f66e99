internal import Primitives
internal import Records

extension Supervisor {
    /// What the rules say of facts, were they the next entries of the ledger.
    ///
    /// Nothing is kept, published or waited for: it is answered from what this node has.
    ///
    /// - Throws: ``SupervisionError/rules(_:)`` where no rules run here.
    func screen(_ question: ScreeningQuestion) throws(SupervisionError) -> ScreeningAnswer {
        guard let rules, !rules.versions.isEmpty else {
            throw .rules("the ledger has this node run none")
        }
        let firstLeaf = entries.mark.leafCount
        var facts: [AnchoredFact] = []
        var kinds: Set<FactKind> = []
        for (index, item) in question.items.enumerated() {
            for (ordinal, fact) in item.facts.enumerated() {
                let position = LedgerPosition(
                    leafIndex: firstLeaf + UInt64(index), leafHash: .zero,
                    ordinal: UInt32(ordinal), height: entries.mark.height.next,
                    anchored: rules.asOf.anchored, issuer: item.issuer)
                facts.append(AnchoredFact(fact: fact, position: position))
                kinds.insert(fact.kind)
            }
        }
        return ScreeningAnswer(
            height: rules.asOf.height, anchored: rules.asOf.anchored, firstLeaf: firstLeaf,
            rules: rules.judging(kinds), rows: rules.whatIf(facts))
    }
}
