/// Which of a kind's rules a row may concern, told from single words of it: a rule whose filter
/// fails by the row's code or type alone is not begun.
///
/// What parts of filters say of a word is asked once and kept, for all rules together.
struct KindGate: Sendable {
    /// The rules that are told apart: one bit each.
    static let ruleCountMax = 64

    /// What the parts of filters that read one field say of it, by rule.
    private struct Answer: Sendable {
        /// The rules with a part that is false.
        var fails: UInt64 = 0
        /// The rules with a part that is not known.
        var doubts: UInt64 = 0
        var isKept = false
    }

    private struct Field: Sendable {
        /// Where the word stands; nil where it is only asked whether the field is known.
        let offset: Int?
        let bit: Int
        var parts: [(program: Program, step: Int32)] = []
        var ofWord: [Answer] = []
        var ofMissing = Answer()
    }

    private var fields: [Field] = []
    /// The rules whose filters ask nothing else, or that have none.
    private var whole: UInt64 = 0

    /// Words above are not kept: they are no symbols, or of too many.
    private static let wordMax: Int64 = 1 << 20

    /// Takes a rule of the kind in, as the next.
    mutating func add(_ program: Program) {
        guard program.ordinal < KindGate.ruleCountMax else { return }
        guard let filter = program.filter else {
            whole |= 1 << UInt64(program.ordinal)
            return
        }
        let parts = SweepCondition.conjuncts(of: filter, program)
        var isWhole = true
        for part in parts {
            guard let condition = SweepCondition(part, depth: 0, program),
                let (offset, bit) = condition.word
            else {
                isWhole = false
                continue
            }
            if let place = fields.firstIndex(where: { $0.bit == bit && $0.offset == offset }) {
                fields[place].parts.append((program, part))
            } else {
                fields.append(Field(offset: offset, bit: bit, parts: [(program, part)]))
            }
        }
        if isWhole { whole |= 1 << UInt64(program.ordinal) }
    }

    /// What is told of a row: the rules that it does not concern, and those whose filter holds.
    struct Told: Sendable {
        var fails: UInt64 = 0
        var holds: UInt64 = 0

        /// Whether a rule says nothing of the row.
        func rulesOut(_ ordinal: Int) -> Bool {
            ordinal < KindGate.ruleCountMax && fails >> UInt64(ordinal) & 1 != 0
        }

        /// Whether it is known that a rule's filter holds.
        func admits(_ ordinal: Int) -> Bool {
            ordinal < KindGate.ruleCountMax && holds >> UInt64(ordinal) & 1 != 0
        }
    }

    /// What words alone tell of the row that stands at depth 0.
    mutating func tell(_ store: inout FactStore, _ scratch: inout Scratch) -> Told {
        let start = scratch.starts[0]
        var told = Answer()
        for place in fields.indices {
            let isKnown = store.rows.words[start] >> Int64(fields[place].bit) & 1 != 0
            let word = fields[place].offset.map { store.rows.words[start + $0] } ?? 0
            var answer = Answer()
            if isKnown, word >= 0, word < Int64(fields[place].ofWord.count) {
                answer = fields[place].ofWord[Int(word)]
            } else if !isKnown {
                answer = fields[place].ofMissing
            }
            if !answer.isKept {
                answer = ask(place, &store, &scratch)
                // Symbols that came with a trial mean something else after it.
                if !scratch.isTrial { keep(answer, place, isKnown ? word : nil) }
            }
            told.fails |= answer.fails
            told.doubts |= answer.doubts
        }
        return Told(fails: told.fails, holds: whole & ~told.fails & ~told.doubts)
    }

    private func ask(
        _ place: Int, _ store: inout FactStore, _ scratch: inout Scratch
    ) -> Answer {
        var answer = Answer(isKept: true)
        for (program, step) in fields[place].parts {
            scratch.begin(program)
            let value = store.run(step, program, &scratch)
            let rule: UInt64 = 1 << UInt64(program.ordinal)
            if value.isFalse { answer.fails |= rule }
            if !value.isKnown { answer.doubts |= rule }
        }
        return answer
    }

    private mutating func keep(_ answer: Answer, _ place: Int, _ word: Int64?) {
        guard let word else {
            fields[place].ofMissing = answer
            return
        }
        guard word >= 0, word < KindGate.wordMax else { return }
        let count = fields[place].ofWord.count
        if word >= count {
            fields[place].ofWord += repeatElement(
                Answer(), count: max(Int(word) + 1 - count, count))
        }
        fields[place].ofWord[Int(word)] = answer
    }
}

extension SweepCondition {
    /// The one word that decides, if any does, and its bit.
    fileprivate var word: (offset: Int?, bit: Int)? {
        switch form {
        case .word(let offset, let bit): (offset, bit)
        case .known(let bit): (nil, bit)
        case .row: nil
        }
    }
}
