public import Primitives
public import Records
public import RuleLanguage

/// Rules over facts as they come: after each step the open findings are those of all facts so far.
///
/// Order-independent: the same facts, sealed entries and present give the same findings, in
/// whatever order and in however many steps they came. A new row has only those judgements made
/// again that looked where it stands.
public struct Engine: Sendable {
    /// One row judged by one rule, and what came of it, where that is more than nothing.
    public struct Judged: Sendable {
        /// The index of the rule among those that the engine runs.
        public let rule: Int
        public let position: LedgerPosition
        public let verdict: Verdict
    }

    public let rules: [CheckedRule]
    private let plans: [Plan]
    private var store: FactStore
    private var frames: [Frame]
    private var dependents = Dependents()
    private var verdicts: [Dependents.Judgement: Verdict] = [:]

    /// An engine of these rules, each checked against the schema of these tables in their order.
    ///
    /// - Throws: ``KnowledgeError`` where a table lacks a key that a rule names.
    public init(
        rules: [CheckedRule], tables: [KnowledgeTable]
    ) throws(KnowledgeError) {
        var specifications: [RowIndex.Specification] = []
        var plans: [Plan] = []
        for rule in rules {
            plans.append(
                try Plan(rule: rule, tables: tables, specifications: &specifications))
        }
        self.rules = rules
        self.plans = plans
        store = FactStore(indexes: specifications)
        frames = plans.map(Frame.init)
    }

    /// Takes in facts and sealed entries, and the time of the newest block.
    public mutating func take(
        _ facts: [AnchoredFact], sealed: [SealedEntry] = [], present: Timestamp
    ) {
        var again: Set<Dependents.Judgement> = []
        for fact in facts {
            let row = store.add(fact)
            for (number, plan) in plans.enumerated() where plan.rule.kind == fact.fact.kind.index {
                again.insert(Dependents.Judgement(plan: Int32(number), row: row))
            }
            for place in store.places(of: fact) { again.formUnion(dependents.of(place)) }
        }
        for entry in sealed {
            store.add(entry)
            for (number, index) in store.indexes.enumerated()
            where index.specification.kind == entry.kind.index {
                again.formUnion(dependents(of: entry, index.specification, number))
            }
        }
        store.present = max(store.present, present)
        again.formUnion(dependents.closed(by: store.present))
        for judgement in again.sorted() { judge(judgement) }
    }

    /// Judgements that a sealed entry may concern: by its patient where rows are found by patient.
    private func dependents(
        of entry: SealedEntry, _ specification: RowIndex.Specification, _ index: Int
    ) -> Set<Dependents.Judgement> {
        let fields = entry.kind.schema.fields
        guard specification.keyFields.count == 1, let patient = entry.patient,
            let field = specification.keyFields.first, fields.indices.contains(field),
            fields[field].type == .patient
        else { return dependents.of(index: index) }
        return dependents.of(Dependents.Place(index: index, key: [.id(patient)]))
    }

    private mutating func judge(_ judgement: Dependents.Judgement) {
        let number = Int(judgement.plan)
        let plan = plans[number]
        let verdict = store.judge(judgement.row, plan, &frames[number])
        let places = store.places(plan, &frames[number])
        dependents.note(judgement, looked: places, closes: frames[number].closes)
        switch verdict {
        case .notConcerned, .clear: verdicts[judgement] = nil
        default: verdicts[judgement] = verdict
        }
    }

    /// All findings, excuses and rows that could not be evaluated, by rule and place.
    public var judged: [Judged] {
        verdicts.keys.sorted().compactMap { judgement in
            verdicts[judgement].map { verdict in
                Judged(
                    rule: Int(judgement.plan),
                    position: store.rows[Int(judgement.row)].position, verdict: verdict)
            }
        }
    }

    /// Why a rule says what it says of the row at a place, as a tree in words.
    ///
    /// - Returns: nil where there is no such row, or the rule does not judge rows of its kind.
    public mutating func explain(rule: Int, at position: LedgerPosition) -> String? {
        guard plans.indices.contains(rule),
            let row = store.rows.firstIndex(where: { $0.position == position }),
            store.rows[row].fact.kind.index == plans[rule].rule.kind
        else { return nil }
        let verdict = store.judge(Int32(row), plans[rule], &frames[rule])
        return store.explain(verdict, plans[rule], &frames[rule])
    }

    /// From now on notes which of the smallest conditions were ever true and ever false.
    public mutating func recordCoverage() {
        for number in frames.indices {
            frames[number].coverage = Array(repeating: 0, count: plans[number].nodes.count)
        }
    }

    /// What was noted about the conditions of a rule, in the order of the rule.
    public func coverage(rule: Int) -> [ConditionCoverage] {
        let seen = frames[rule].coverage
        guard !seen.isEmpty else { return [] }
        return rules[rule].conditions.map { condition in
            ConditionCoverage(
                place: condition.place, text: condition.text,
                wasTrue: seen[condition.node] & 1 != 0, wasFalse: seen[condition.node] & 2 != 0)
        }
    }
}
