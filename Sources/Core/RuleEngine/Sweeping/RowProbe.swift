internal import RuleLanguage

/// Runs the steps of a program over single rows of columns, and keeps what it was told.
struct RowProbe {
    private var store: FactStore
    private var scratch: Scratch
    private let program: Program
    /// Where the words of the row at hand stand.
    private let start: Int
    private let depth: Int
    /// By condition and word, what was said of rows with that word alone.
    private var answers: [[UInt8]] = []

    /// Words above are not kept: they are no symbols, or of too many.
    private static let wordMax: Int64 = 1 << 22

    /// A probe for rows of a kind that stand at a depth.
    init(_ rule: SweepRule, _ base: FactStore, kind: Int, depth: Int) {
        store = base
        program = rule.program
        scratch = Scratch(programs: [program], probeCount: rule.probeCount)
        start = store.rows.addBlank(kind: kind)
        self.depth = depth
        scratch.enter(Int32(store.rows.count - 1), start: start, depth: depth)
    }

    /// What a step gives for a row of which these words are read.
    mutating func value(
        _ step: Int32, _ offsets: [Int], _ segment: Segment, _ place: Int
    ) -> Flat {
        load(offsets, segment, place)
        return store.run(step, program, &scratch)
    }

    /// What a step gives for the row that was loaded last.
    mutating func value(_ step: Int32) -> Flat { store.run(step, program, &scratch) }

    /// Whether a step is a field of the row.
    func isField(_ step: Int32) -> Bool {
        if case .field = program.resolved(step) { true } else { false }
    }

    mutating func load(_ offsets: [Int], _ segment: Segment, _ place: Int) {
        scratch.begin(program)
        store.rows.write(segment.words[0][place], at: start)
        for offset in offsets {
            store.rows.write(segment.words[offset][place], at: start + offset)
        }
    }

    /// Asks a condition of the rows at these places, different ones in order.
    ///
    /// - Returns: the places where it holds, and where it is not known.
    mutating func ask(
        _ condition: SweepCondition, _ number: Int, _ segment: Segment, _ places: [Int32]
    ) -> (holds: [Int32], unknown: [Int32]) {
        while answers.count <= number { answers.append([]) }
        switch condition.form {
        case .known(let bit): return (segment.places(places, knowing: 1 << Int64(bit)), [])
        case .word(let offset, let bit):
            return ask(condition, number, segment, places, segment.words[offset], bit)
        case .row: break
        }
        var holds: [Int32] = []
        var unknown: [Int32] = []
        for place in places {
            let value = value(condition.step, condition.offsets, segment, Int(place))
            if value.isTrue {
                holds.append(place)
            } else if !value.isKnown {
                unknown.append(place)
            }
        }
        return (holds, unknown)
    }

    /// Asks a condition that depends on one word, once for each word.
    private mutating func ask(
        _ condition: SweepCondition, _ number: Int, _ segment: Segment, _ places: [Int32],
        _ column: Column, _ bit: Int
    ) -> (holds: [Int32], unknown: [Int32]) {
        let (known, missing) = segment.split(places, knowing: 1 << Int64(bit))
        var lists: [[Int32]] = [[], [], []]
        if let first = missing.first {
            lists[told(condition, segment, Int(first))] = missing
        }
        if case .same = column {
            if let first = known.first { lists[told(condition, segment, Int(first))] += known }
        } else {
            var holds: [Int32] = []
            var unknown: [Int32] = []
            var kept: [UInt8] = []
            swap(&kept, &answers[number])
            column.read(known) { place, word in
                var answer: UInt8 = 0
                if word >= 0, word < Int64(kept.count) { answer = kept[Int(word)] }
                // Most rows are of no concern to most rules.
                if answer == SweepCondition.Answer.no.rawValue { return }
                if answer == 0 {
                    answer = tell(condition, segment, Int(place)).rawValue
                    RowProbe.keep(answer, word, &kept)
                }
                if answer == SweepCondition.Answer.yes.rawValue {
                    holds.append(place)
                } else if answer == SweepCondition.Answer.unknown.rawValue {
                    unknown.append(place)
                }
            }
            swap(&kept, &answers[number])
            lists[1] += holds
            lists[2] += unknown
        }
        if !missing.isEmpty, !known.isEmpty {
            lists[1].sort()
            lists[2].sort()
        }
        return (lists[1], lists[2])
    }

    /// 1 where a condition holds of a row, 2 where that is not known, 0 where it does not.
    private mutating func told(
        _ condition: SweepCondition, _ segment: Segment, _ place: Int
    ) -> Int {
        switch tell(condition, segment, place) {
        case .yes: 1
        case .unknown: 2
        default: 0
        }
    }

    private mutating func tell(
        _ condition: SweepCondition, _ segment: Segment, _ place: Int
    ) -> SweepCondition.Answer {
        let value = value(condition.step, condition.offsets, segment, place)
        return value.isKnown ? (value.first != 0 ? .yes : .no) : .unknown
    }

    private static func keep(_ answer: UInt8, _ word: Int64, _ kept: inout [UInt8]) {
        guard word >= 0, word < wordMax else { return }
        let missing = Int(word) + 1 - kept.count
        if missing > 0 { kept += repeatElement(0, count: max(missing, kept.count)) }
        kept[Int(word)] = answer
    }

    /// What a condition says of one row.
    mutating func ask(
        _ condition: SweepCondition, _ number: Int, _ segment: Segment, _ place: Int
    ) -> SweepCondition.Answer {
        guard case .word(let offset, let bit) = condition.form,
            segment.words[0][place] >> Int64(bit) & 1 != 0
        else { return tell(condition, segment, place) }
        while answers.count <= number { answers.append([]) }
        let word = segment.words[offset][place]
        if word >= 0, word < Int64(answers[number].count),
            let kept = SweepCondition.Answer(rawValue: answers[number][Int(word)]),
            kept != .notAsked
        {
            return kept
        }
        let answer = tell(condition, segment, place)
        RowProbe.keep(answer.rawValue, word, &answers[number])
        return answer
    }
}

extension FactStore {
    /// A known or unknown end of a window in grains; nil where it leaves the window undecided.
    static func grain(
        _ value: Flat, _ end: Program.End, isLow: Bool, _ grain: CheckedWindow.Grain,
        _ program: Program
    ) -> Int64? {
        guard value.isKnown else {
            // Only a field that is missing opens the stretch; other causes leave it undecided.
            guard end.openWhereUnknown, value.state == .unknown,
                case .field = program.steps[Int(end.step)]
            else { return nil }
            return isLow ? .min : .max
        }
        let found: Int64
        if end.isDate {
            found = isLow ? grain.low(day: value.first) : grain.high(day: value.first)
        } else {
            found = grain.low(milliseconds: value.first, zone: value.second)
        }
        let (sum, overflow) = found.addingReportingOverflow(end.offset)
        return overflow ? found : sum
    }
}
