internal import Primitives
internal import Records
internal import RuleLanguage

/// All facts that the engine was given, with the indexes that its windows need.
struct FactStore: Sendable {
    var rows = RowStore()
    var symbols = Symbols()
    var indexes: RowIndexes
    /// By index, where it reads its rows.
    private let readings: [IndexReading]
    /// Which indexes hold rows of a kind.
    private let indexesOfKind: [[Int]]
    var sealed = SealedEntries()
    var fresh = FreshBuckets()
    /// The time of the newest block, as far as the engine was told.
    var present = Timestamp(milliseconds: .min)
    let bounds: EngineBounds
    /// What programs remember of tables and texts.
    var answers = AnswerMemory()

    /// For each judgement of each row: which windows it watches, by bit, and in the highest bit
    /// whether there is a verdict.
    var marks: [UInt16] = []
    /// Judgements to be made again: row above, rule below.
    var due: [UInt64] = []
    /// By index, the judgements that any new row of it may concern.
    private(set) var wide: [Set<UInt64>]
    /// The keys under which reasoning rules looked for a judgement.
    var watchedBuckets: Set<BucketWatch> = []

    static let verdictMark: UInt16 = 1 << 15

    /// The part of a key by which sealed entries are told apart.
    struct Anchor: Sendable {
        let key: Int
        let type: RuleType
    }

    /// By index, the part of its key that sealed entries name.
    private let anchors: [Anchor?]

    /// Which of the parts of a key sealed entries name; of several the one that tells most.
    static func anchor(_ types: [RuleType]) -> Int? {
        for type in [RuleType.patient, .practitioner, .institution] {
            if let place = types.firstIndex(of: type) { return place }
        }
        return nil
    }

    init(indexes specifications: [IndexSpecification], bounds: EngineBounds = EngineBounds()) {
        anchors = specifications.map { specification in
            let fields = FactKind.allCases[specification.kind].schema.fields
            let types = specification.keyFields.map { field -> RuleType in
                switch fields.indices.contains(field) ? fields[field].type : nil {
                case .patient: .patient
                case .practitioner: .practitioner
                case .institution: .institution
                default: .nothing
                }
            }
            return FactStore.anchor(types).map { Anchor(key: $0, type: types[$0]) }
        }
        indexes = RowIndexes(
            specifications, anchors: anchors.map { $0?.key }, rowsOfKeyMax: bounds.rowsOfKeyMax)
        self.bounds = bounds
        readings = specifications.map { IndexReading($0) }
        wide = Array(repeating: [], count: specifications.count)
        var ofKind = Array(repeating: [Int](), count: FactKind.allCases.count)
        for (number, specification) in specifications.enumerated() {
            ofKind[specification.kind].append(number)
        }
        indexesOfKind = ofKind
    }

    /// Takes facts, calls for what watched where they come to lie, and returns their rows.
    ///
    /// The keys of all are looked up together, before anything is done with what is found.
    /// `programCounts` says how many rules judge rows of each kind.
    mutating func add(
        _ facts: ArraySlice<AnchoredFact>, programs: [Program], programCounts: [Int],
        _ scratch: inout Scratch
    ) -> Range<Int32> {
        let first = Int32(truncatingIfNeeded: rows.count)
        var keys: [(index: Int, key: IndexKey?)] = []
        for fact in facts {
            let kind = fact.fact.kind.index
            let row = place(fact, programCount: programCounts[kind])
            for index in indexesOfKind[kind] { keys.append((index, key(index, of: row))) }
        }
        let added = first..<Int32(truncatingIfNeeded: rows.count)
        let buckets = indexes.buckets(under: keys)
        var next = 0
        for row in added {
            fresh.addRow()
            for index in indexesOfKind[Int(rows.heads[Int(row)].kind)] {
                fresh.add(buckets[next])
                if !wide[index].isEmpty { due.append(contentsOf: wide[index]) }
                if let bucket = buckets[next] { insert(row, index, bucket, programs, &scratch) }
                next += 1
            }
        }
        return added
    }

    /// Puts a row under its key in an index, and calls for what watched there.
    private mutating func insert(
        _ row: Int32, _ index: Int, _ bucket: Int, _ programs: [Program],
        _ scratch: inout Scratch
    ) {
        let item = interval(index, of: row)
        let wasOverfull = indexes.buckets[bucket].isOverfull
        indexes.insert(item, carrying: carried(index, row), into: bucket)
        guard !wasOverfull else { return }
        if indexes.buckets[bucket].isOverfull {
            callAll(bucket)
        } else {
            call(bucket, item, programs, &scratch)
        }
    }

    /// Takes a fact for a trial, and notes in the journal how to take it out again.
    mutating func addForTrial(
        _ fact: AnchoredFact, programCount: Int, _ journal: inout [TrialStep]
    ) -> Int32 {
        let row = place(fact, programCount: programCount)
        for index in indexesOfKind[fact.fact.kind.index] {
            guard let key = key(index, of: row) else { continue }
            let bucket = indexes.bucket(index, key)
            let before = indexes.buckets[bucket]
            journal.append(
                TrialStep(
                    bucket: bucket, row: row, longest: before.longest,
                    isOverfull: before.isOverfull))
            indexes.insert(
                interval(index, of: row), carrying: carried(index, row), into: bucket)
        }
        return row
    }

    /// What an index carries of a row, if anything.
    private func carried(_ index: Int, _ row: Int32) -> CarriedWords.Row? {
        indexes.wordsOfIndex[index].map { rows.carried($0, of: row) }
    }

    private mutating func place(_ fact: AnchoredFact, programCount: Int) -> Int32 {
        let row = rows.add(fact, judgements: marks.count, &symbols)
        for _ in 0..<programCount { marks.append(0) }
        return row
    }

    /// Takes rows of a segment for a sweep, in which nobody watches for more; only the words at
    /// these offsets are asked for.
    mutating func addForSweep(
        kind: Int, _ segment: Segment, _ places: [Int32], offsets: [Int]
    ) {
        let added = rows.add(kind: kind, segment, places, offsets: offsets)
        for index in indexesOfKind[kind] {
            for row in added {
                guard let key = key(index, of: row) else { continue }
                indexes.insert(
                    interval(index, of: row), carrying: carried(index, row),
                    into: indexes.bucket(index, key))
            }
        }
    }

    mutating func add(_ entry: SealedEntry) {
        sealed.add(entry)
    }

    func indexes(ofKind kind: Int) -> [Int] { indexesOfKind[kind] }

    func value(_ number: Int, of row: Int32) -> Value? {
        rows.value(number, of: row, symbols)
    }

    /// Where a row stands on the ledger.
    func position(of row: Int32) -> LedgerPosition? { rows.position(of: row, symbols) }

    /// The key of a row in an index, or nil where it lacks one of the fields.
    private mutating func key(_ index: Int, of row: Int32) -> IndexKey? {
        var key = IndexKey()
        for place in readings[index].keys.indices {
            guard let slot = readings[index].keys[place],
                let symbol = rows.key(slot, of: row, &symbols)
            else { return nil }
            key.set(place, symbol)
        }
        return key
    }

    /// When a row begins and ends, in the grains of an index.
    private func interval(_ index: Int, of row: Int32) -> IntervalItem {
        rows.interval(readings[index].times, of: row)
    }

    // MARK: - Going back

    /// How a row of a trial was put under a key.
    struct TrialStep: Sendable {
        let bucket: Int
        let row: Int32
        let longest: Int64
        let isOverfull: Bool
    }

    struct Mark: Sendable {
        let rows: RowStore.Mark
        let symbols: Symbols.Mark
        let answers: AnswerMemory.Mark
        let buckets: Int
        let marks: Int
        let present: Timestamp
    }

    /// From here on everything can be taken back; only trials may follow.
    mutating func mark() -> Mark {
        Mark(
            rows: rows.mark, symbols: symbols.mark, answers: answers.mark(),
            buckets: indexes.buckets.count, marks: marks.count, present: present)
    }

    /// Takes back what trials did since the mark.
    mutating func revert(to mark: Mark, _ journal: [TrialStep]) {
        for step in journal.reversed() {
            indexes.remove(
                row: step.row, from: step.bucket, longest: step.longest,
                isOverfull: step.isOverfull)
        }
        indexes.revert(toCount: mark.buckets)
        answers.revert(to: mark.answers, symbols: mark.symbols, rows: mark.rows.rows)
        rows.revert(to: mark.rows)
        symbols.revert(to: mark.symbols)
        marks.removeSubrange(mark.marks...)
        present = mark.present
    }

    // MARK: - Who watches

    static func due(row: Int32, rule: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: row)) << 32 | UInt64(UInt32(bitPattern: rule))
    }

    private mutating func call(_ judgements: Set<UInt64>) {
        guard !judgements.isEmpty else { return }
        due.append(contentsOf: judgements)
    }

    private mutating func callAll(_ bucket: Int) {
        let (watchers, loose) = (indexes.buckets[bucket].watchers, indexes.buckets[bucket].loose)
        for place in watchers.places { call(indexes.watchers[place]) }
        for place in loose.places { call(indexes.watchers[place]) }
    }

    private mutating func call(_ watcher: Watcher) {
        due.append(FactStore.due(row: watcher.row, rule: watcher.plan))
    }

    /// Calls for the judgements that a new row under a key may change.
    private mutating func call(
        _ bucket: Int, _ item: IntervalItem, _ programs: [Program], _ scratch: inout Scratch
    ) {
        let (watchers, loose) = (indexes.buckets[bucket].watchers, indexes.buckets[bucket].loose)
        guard watchers.places.count + loose.places.count > 0 else { return }
        guard indexes.buckets[bucket].watchesLater || item.leaf <= indexes.buckets[bucket].lastLeaf
        else { return }
        for place in indexes.watching(bucket, low: item.low, high: item.high) {
            call(indexes.watchers[place], item, programs, &scratch)
        }
        for place in loose.places { call(indexes.watchers[place], item, programs, &scratch) }
    }

    private mutating func call(
        _ watcher: Watcher, _ item: IntervalItem, _ programs: [Program],
        _ scratch: inout Scratch
    ) {
        guard watcher.high >= item.low, watcher.low <= item.high else { return }
        let program = programs[Int(watcher.plan)]
        let window = program.windows[Int(watcher.window)]
        guard belongs(item, window.order, watcher.row) else { return }
        if let filter = window.filter, window.filterIsFixed {
            scratch.begin(program)
            scratch.enter(
                watcher.row, start: rows.heads[Int(watcher.row)].start, depth: 0)
            scratch.enter(item.row, start: rows.heads[Int(item.row)].start, depth: 1)
            if run(filter, program, &scratch).isFalse { return }
        }
        call(watcher)
    }

    /// Calls for the judgements that a sealed entry may concern.
    mutating func call(_ entry: SealedEntry, _ programs: [Program]) {
        for index in indexesOfKind[entry.kind.index] {
            call(wide[index])
            let specification = indexes.specifications[index]
            let time = specification.grain.low(
                milliseconds: entry.time.milliseconds, zone: 0)
            let reaches = specification.times.map { $0.end != .start } ?? true
            for bucket in indexes.buckets(of: index, party: party(of: entry, index)) {
                let near = indexes.watching(
                    Int(bucket), low: time, high: reaches ? .max : time)
                let loose = indexes.buckets[Int(bucket)].loose.places
                for place in [near, loose].joined() {
                    let watcher = indexes.watchers[place]
                    let window = programs[Int(watcher.plan)].windows[Int(watcher.window)]
                    if concerns(entry, watcher, window) { call(watcher) }
                }
            }
        }
    }

    /// The symbol of whom an entry names, as far as an index has rows by it.
    private mutating func party(of entry: SealedEntry, _ index: Int) -> Int64? {
        switch anchors[index]?.type {
        case .patient: entry.patient.map { symbols.id($0) }
        case .practitioner: entry.practitioner.map { symbols.id($0) }
        case .institution: symbols.text(entry.issuer.name)
        default: nil
        }
    }

    private func concerns(
        _ entry: SealedEntry, _ watcher: Watcher, _ window: Program.Window
    ) -> Bool {
        if window.order == .earlier, entry.leafIndex >= watcher.leaf { return false }
        guard window.hasTimes else { return true }
        let time = window.grain.low(milliseconds: entry.time.milliseconds, zone: 0)
        let reaches = window.overlaps && window.hasLength
        return (reaches || watcher.low <= time) && time <= watcher.high
    }

    /// Notes that a judgement is to be made again with every new row of an index.
    mutating func watchAll(of index: Int, rule: Int32, row: Int32) {
        wide[index].insert(FactStore.due(row: row, rule: rule))
    }
}
