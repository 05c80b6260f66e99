internal import Primitives
public import Records
public import RuleLanguage

extension Engine {
    /// What a rule says now of a row, and where it looked.
    public struct Outlook: Sendable {
        public let verdict: Verdict
        public let explanation: Explanation

        /// The leaves of all rows in the windows that were read, and of the row itself.
        public var looked: Set<UInt64> {
            Set([explanation.leafIndex] + explanation.windows.flatMap(\.leaves))
        }
    }

    /// Why a rule says what it says of the row at a place.
    ///
    /// - Returns: nil where there is no such row, or the rule does not judge rows of its kind.
    public mutating func explain(rule: Int, at position: LedgerPosition) -> Explanation? {
        explain(rule: rule, leaf: position.leafIndex)
            .first { $0.explanation.ordinal == position.ordinal }?.explanation
    }

    /// What a rule says now of the rows of one entry that it judges.
    public mutating func explain(rule: Int, leaf: UInt64) -> [Outlook] {
        guard plans.indices.contains(rule) else { return [] }
        return store.rows.rows(ofLeaf: leaf).filter { isJudged($0, by: rule) }
            .map { outlook(of: $0, rule) }
    }

    /// What a rule says now of the rows that `isMeant` picks among those that it judges, in the
    /// order in which they came.
    ///
    /// `isMeant` is told the values of a row by the number of their fields.
    public mutating func explain(
        rule: Int, atMost limit: Int, _ isMeant: ((Int) -> Value?) -> Bool
    ) -> [Outlook] {
        guard plans.indices.contains(rule) else { return [] }
        var outlooks: [Outlook] = []
        for row in store.rows.heads.indices.map(Int32.init)
        where outlooks.count < limit && isJudged(row, by: rule)
            && isMeant({ store.value($0, of: row) })
        {
            outlooks.append(outlook(of: row, rule))
        }
        return outlooks
    }

    private func isJudged(_ row: Int32, by rule: Int) -> Bool {
        Int(store.rows.heads[Int(row)].kind) == plans[rule].rule.kind
    }

    private mutating func outlook(of row: Int32, _ rule: Int) -> Outlook {
        frames[rule].notesRefusals = true
        defer { frames[rule].notesRefusals = false }
        let verdict = store.judge(row, plans[rule], &frames[rule])
        return Outlook(
            verdict: verdict, explanation: store.explain(verdict, plans[rule], &frames[rule]))
    }
}
