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

    /// Asks a condition of the rows at these places.
    ///
    /// - Returns: the places where it holds, and where it is not known.
    mutating func ask(
        _ condition: SweepCondition, _ number: Int, _ segment: Segment, _ places: [Int32]
    ) -> (holds: [Int32], unknown: [Int32]) {
        while answers.count <= number { answers.append([]) }
        var holds: [Int32] = []
        holds.reserveCapacity(places.count)
        var unknown: [Int32] = []
        guard let single = condition.single else {
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
        let column = segment.words[single.offset]
        let mask = segment.words[0]
        for place in places {
            let word = column[Int(place)]
            let isKnown = mask[Int(place)] >> Int64(single.bit) & 1 != 0
            switch isKnown ? answer(condition, number, word, segment, Int(place)) : .notAsked {
            case .yes: holds.append(place)
            case .no: break
            case .unknown: unknown.append(place)
            case .notAsked:
                let value = value(condition.step, condition.offsets, segment, Int(place))
                if value.isTrue {
                    holds.append(place)
                } else if !value.isKnown {
                    unknown.append(place)
                }
            }
        }
        return (holds, unknown)
    }

    @inline(__always)
    private mutating func answer(
        _ condition: SweepCondition, _ number: Int, _ word: Int64, _ segment: Segment,
        _ place: Int
    ) -> SweepCondition.Answer {
        guard word >= 0, word < RowProbe.wordMax else { return .notAsked }
        if Int(word) < answers[number].count {
            let kept = answers[number][Int(word)]
            if kept != 0 { return SweepCondition.Answer(rawValue: kept) ?? .notAsked }
        }
        return learn(condition, number, word, segment, place)
    }

    @inline(never)
    private mutating func learn(
        _ condition: SweepCondition, _ number: Int, _ word: Int64, _ segment: Segment,
        _ place: Int
    ) -> SweepCondition.Answer {
        let count = answers[number].count
        if Int(word) >= count {
            answers[number] += repeatElement(0, count: max(Int(word) + 1 - count, count, 1_024))
        }
        let value = value(condition.step, condition.offsets, segment, place)
        let answer: SweepCondition.Answer =
            value.isKnown ? (value.first != 0 ? .yes : .no) : .unknown
        answers[number][Int(word)] = answer.rawValue
        return answer
    }

    /// What a condition says of one row.
    mutating func ask(
        _ condition: SweepCondition, _ number: Int, _ segment: Segment, _ place: Int
    ) -> SweepCondition.Answer {
        while answers.count <= number { answers.append([]) }
        if let single = condition.single,
            segment.words[0][place] >> Int64(single.bit) & 1 != 0
        {
            let word = segment.words[single.offset][place]
            let kept = answer(condition, number, word, segment, place)
            if kept != .notAsked { return kept }
        }
        let value = value(condition.step, condition.offsets, segment, place)
        return value.isKnown ? (value.first != 0 ? .yes : .no) : .unknown
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
