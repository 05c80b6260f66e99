public import Primitives
public import Records
public import RuleLanguage

/// Rules over facts as they come: after each step the open findings are those of all facts so far.
///
/// Order-independent: the same facts, sealed entries and present give the same findings, in
/// whatever order and in however many steps they came. A new row has only those judgements made
/// again that looked where it stands, and most are made by programs over flat rows, which tell
/// quickly that a rule says nothing; the others are evaluated in full.
public struct Engine: Sendable {
    /// One row judged by one rule, and what came of it, where that is more than nothing.
    public struct Judged: Sendable {
        /// The index of the rule among those that the engine runs.
        public let rule: Int
        public let position: LedgerPosition
        public let verdict: Verdict
    }

    public let rules: [CheckedRule]
    let plans: [Plan]
    private let programs: [Program]
    /// The rules that judge rows of each kind, by number.
    private let rulesOfKind: [[Int]]
    /// How many these are.
    private let programCounts: [Int]
    var store: FactStore
    var frames: [Frame]
    private var scratch: Scratch
    /// By kind, which rules a row may concern, and what it tells of the row at hand.
    private var gates: [KindGate]
    private var told = KindGate.Told()
    /// What is more than nothing, by rule above and row below.
    private var verdicts: [UInt64: Verdict] = [:]
    /// Judgements whose finding came, went or became another since ``takeChanges()``.
    private var changed: Set<UInt64> = []
    private var closing = ClosingQueue()
    private var isCovering = false

    /// So many facts are looked up together: enough to wait for memory once for many of them, and
    /// few enough for what was read to be in a cache still.
    private static let stretch = 64

    /// An engine of these rules, each checked against the schema of these tables in their order.
    ///
    /// - Throws: ``KnowledgeError`` where a table lacks a key that a rule names.
    public init(
        rules: [CheckedRule], tables: [KnowledgeTable], bounds: EngineBounds = EngineBounds()
    ) throws(KnowledgeError) {
        var specifications: [IndexSpecification] = []
        var plans: [Plan] = []
        for rule in rules {
            plans.append(
                try Plan(rule: rule, tables: tables, specifications: &specifications))
        }
        var store = FactStore(indexes: specifications, bounds: bounds)
        var ofKind = Array(repeating: [Int](), count: FactKind.allCases.count)
        var programs: [Program] = []
        var probes = ProbeList()
        var gates = FactKind.allCases.map { _ in KindGate() }
        for (number, plan) in plans.enumerated() {
            var compiler = ProgramCompiler(
                plan: plan, symbols: store.symbols, answers: store.answers, probes: probes,
                carried: store.indexes.words)
            let program = compiler.compile(
                ordinal: ofKind[plan.rule.kind].count, number: number)
            programs.append(program)
            gates[plan.rule.kind].add(program)
            store.symbols = compiler.symbols
            store.answers = compiler.answers
            probes = compiler.probes
            store.indexes.words = compiler.carried
            ofKind[plan.rule.kind].append(number)
        }
        self.rules = rules
        self.plans = plans
        self.programs = programs
        self.store = store
        self.gates = gates
        rulesOfKind = ofKind
        programCounts = ofKind.map(\.count)
        frames = plans.map(Frame.init)
        for number in frames.indices { frames[number].notesLooks = true }
        scratch = Scratch(programs: programs, probeCount: probes.count)
    }

    /// Takes in facts and sealed entries, and the time of the newest block.
    public mutating func take(
        _ facts: [AnchoredFact], sealed: [SealedEntry] = [], present: Timestamp
    ) {
        store.fresh.begin(with: store.rows.count)
        var waiting = facts[...]
        while !waiting.isEmpty {
            let rows = store.add(
                waiting.prefix(Engine.stretch), programs: programs,
                programCounts: programCounts, &scratch)
            waiting = waiting.dropFirst(Engine.stretch)
            for row in rows { callForRules(of: row) }
        }
        for entry in sealed {
            store.add(entry)
            store.call(entry, programs)
        }
        store.present = max(store.present, present)
        while let judgement = closing.next(by: store.present.milliseconds) {
            store.due.append(judgement)
        }
        judgeWhatIsDue()
        store.fresh.end()
    }

    /// Calls for the judgements of a new row.
    private mutating func callForRules(of row: Int32) {
        let rules = rulesOfKind[Int(store.rows.heads[Int(row)].kind)]
        guard !rules.isEmpty else { return }
        enter(row)
        for (ordinal, rule) in rules.enumerated() where !told.rulesOut(ordinal) {
            store.due.append(FactStore.due(row: row, rule: Int32(rule)))
        }
    }

    /// Makes the judgements that are due, row by row, each once.
    private mutating func judgeWhatIsDue() {
        var due: [UInt64] = []
        swap(&due, &store.due)
        due.sort()
        var last = UInt64.max
        var lastRow = Int32(-1)
        for judgement in due where judgement != last {
            last = judgement
            let row = Int32(truncatingIfNeeded: judgement >> 32)
            if row != lastRow {
                lastRow = row
                enter(row)
            }
            judge(row, Int(judgement & 0xffff_ffff), judgement)
        }
        due.removeAll(keepingCapacity: true)
        swap(&due, &store.due)
    }

    private mutating func enter(_ row: Int32) {
        scratch.stamp &+= 1
        scratch.enter(row, start: store.rows.heads[Int(row)].start, depth: 0)
        if isCovering {
            told = KindGate.Told()
        } else {
            told = gates[Int(store.rows.heads[Int(row)].kind)].tell(&store, &scratch)
        }
    }

    private mutating func judge(_ row: Int32, _ rule: Int, _ judgement: UInt64) {
        let mark = store.rows.heads[Int(row)].judgements + programs[rule].ordinal
        let hadVerdict = store.marks[mark] & FactStore.verdictMark != 0
        if !isCovering {
            let program = programs[rule]
            switch store.tell(
                program, filterHolds: told.admits(program.ordinal), &scratch)
            {
            case .clear:
                if hadVerdict { set(nil, row, rule, mark) }
                return
            case .unknown(let cause):
                closing.set(judgement, closes: scratch.closes)
                return set(.notEvaluated(cause), row, rule, mark)
            case .open: break
            }
        }
        let verdict = store.judge(row, plans[rule], &frames[rule])
        store.watch(plans[rule], programs[rule], &frames[rule])
        closing.set(judgement, closes: frames[rule].closes)
        switch verdict {
        case .notConcerned, .clear: if hadVerdict { set(nil, row, rule, mark) }
        default: set(verdict, row, rule, mark)
        }
    }

    private mutating func set(_ verdict: Verdict?, _ row: Int32, _ rule: Int, _ mark: Int) {
        let key = UInt64(rule) << 32 | UInt64(UInt32(bitPattern: row))
        let before: Verdict?
        if let verdict {
            before = verdicts.updateValue(verdict, forKey: key)
            store.marks[mark] |= FactStore.verdictMark
        } else {
            before = verdicts.removeValue(forKey: key)
            store.marks[mark] &= ~FactStore.verdictMark
        }
        if before?.body != verdict?.body { changed.insert(key) }
    }

    /// All findings, excuses and rows that could not be evaluated, by rule and place.
    public var judged: [Judged] {
        verdicts.keys.sorted().compactMap { key in
            let row = Int32(truncatingIfNeeded: key & 0xffff_ffff)
            guard let verdict = verdicts[key], let position = store.position(of: row) else {
                return nil
            }
            return Judged(rule: Int(key >> 32), position: position, verdict: verdict)
        }
    }

    /// A place where a rule's finding came, went or became another.
    public struct Change: Sendable {
        /// The index of the rule among those that the engine runs.
        public let rule: Int
        public let position: LedgerPosition
        /// The finding that is there now, or nil.
        public let body: [UInt8]?
    }

    /// Where findings changed since this was asked last, by rule and place.
    ///
    /// Whoever keeps what it tells knows all findings, at the cost of those that change.
    public mutating func takeChanges() -> [Change] {
        let keys = changed.sorted()
        changed.removeAll(keepingCapacity: true)
        return keys.compactMap { key in
            let row = Int32(truncatingIfNeeded: key & 0xffff_ffff)
            guard let position = store.position(of: row) else { return nil }
            return Change(rule: Int(key >> 32), position: position, body: verdicts[key]?.body)
        }
    }

    // MARK: - What if

    /// What every rule says of these facts, were they on the ledger at these positions, at a time.
    ///
    /// Nothing is kept: the engine answers afterwards as before. Rows that are there already are
    /// not judged again.
    ///
    /// - Returns: one judgement for each fact and each rule that judges its kind, `clear` among
    ///   them, in the order of the facts and then of the rules.
    public mutating func whatIf(_ facts: [AnchoredFact], present: Timestamp) -> [Judged] {
        let mark = store.mark()
        var journal: [FactStore.TrialStep] = []
        store.present = max(store.present, present)
        let rows = facts.map { fact in
            store.addForTrial(
                fact, programCount: rulesOfKind[fact.fact.kind.index].count, &journal)
        }
        scratch.isTrial = true
        var found: [Judged] = []
        for (fact, row) in zip(facts, rows) {
            enter(row)
            for rule in rulesOfKind[fact.fact.kind.index] {
                found.append(
                    Judged(rule: rule, position: fact.position, verdict: tried(row, rule)))
            }
        }
        scratch.isTrial = false
        store.revert(to: mark, journal)
        return found
    }

    private mutating func tried(_ row: Int32, _ rule: Int) -> Verdict {
        let program = programs[rule]
        if told.rulesOut(program.ordinal) { return .clear }
        switch store.tell(program, filterHolds: told.admits(program.ordinal), &scratch) {
        case .clear: return .clear
        case .unknown(let cause): return .notEvaluated(cause)
        case .open: break
        }
        var coverage: [UInt8] = []
        swap(&coverage, &frames[rule].coverage)
        defer { swap(&coverage, &frames[rule].coverage) }
        return store.judge(row, plans[rule], &frames[rule])
    }

    // MARK: - Coverage

    /// From now on notes which of the smallest conditions were ever true and ever false.
    public mutating func recordCoverage() {
        isCovering = true
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
