public import Primitives
public import RuleLanguage

/// Rules over all facts at once: finds what streaming has found in the end, by body bytes.
///
/// For each rule, columns are asked first what can be asked of whole columns: which rows the
/// filter concerns, which of them have the rows in their windows that the condition needs. What
/// is left is judged by the evaluator that streaming uses, over the rows that its windows see, in
/// parts that stand alone.
public struct Sweep: Sendable {
    public let rules: [CheckedRule]
    let facts: FactColumns
    let compiled: [SweepRule]
    let bounds: EngineBounds
    let present: Timestamp
    let sealed: SealedEntries
    /// How many rows with their keys are joined at once: as many as a core's cache holds.
    var rowsOfJoin = 1 << 14

    /// A sweep of these rules, each checked against the schema of these tables in their order.
    ///
    /// - Throws: ``KnowledgeError`` where a table lacks a key that a rule names.
    public init(
        rules: [CheckedRule], tables: [KnowledgeTable], facts: FactColumns,
        sealed: [SealedEntry] = [], present: Timestamp, bounds: EngineBounds = EngineBounds()
    ) throws(KnowledgeError) {
        var facts = facts
        var known = SealedEntries()
        for entry in sealed { known.add(entry) }
        var compiled: [SweepRule] = []
        for rule in rules {
            compiled.append(
                try SweepRule(
                    rule, tables: tables, symbols: &facts.symbols, sealed: known,
                    present: present, bounds: bounds))
        }
        for index in compiled.indices { compiled[index].base.symbols = facts.symbols }
        self.rules = rules
        self.facts = facts
        self.compiled = compiled
        self.bounds = bounds
        self.present = present
        self.sealed = known
    }

    /// What one rule says of all facts, where that is more than nothing, by place.
    ///
    /// - Parameters:
    ///   - rule: The index of the rule.
    ///   - findingsOnly: Whether excuses and rows that could not be evaluated are left out.
    ///   - workers: Who does the parts.
    /// - Returns: Verdicts in the order of the ledger.
    public func judge(
        rule: Int, findingsOnly: Bool = false, by workers: some SweepWorkers
    ) -> [Engine.Judged] {
        RuleSweep(self, rule, findingsOnly: findingsOnly).run(by: workers)
    }

    /// What all rules say, by rule and place.
    public func judged(
        findingsOnly: Bool = false, by workers: some SweepWorkers
    ) -> [Engine.Judged] {
        rules.indices.flatMap { judge(rule: $0, findingsOnly: findingsOnly, by: workers) }
    }
}
