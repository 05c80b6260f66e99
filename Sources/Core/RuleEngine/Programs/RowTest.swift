internal import RuleLanguage

/// A part of a window's filter as it is asked of each row; what the judged row gives for it is
/// computed once for all rows.
enum RowTest: Sendable {
    /// Whether a field is known.
    case known(bit: Int32)
    /// A word of the row, compared with the first word of a step's value.
    case compare(BinaryOperator, offset: Int32, bit: Int32, with: Int32)
    /// Whether a word and a step's value are equal, or both not known.
    case same(offset: Int32, bit: Int32, with: Int32)
    /// Whatever else.
    case step(Int32)

    /// The step whose value is the same for all rows.
    var fixed: Int32? {
        switch self {
        case .compare(_, _, _, let step), .same(_, _, let step): step
        case .known, .step: nil
        }
    }

    /// How a program asks a part of a filter, the row being at depth 1.
    init(_ part: Int32, _ program: Program) {
        switch program.resolved(part) {
        case .known(let inner):
            if case .field(1, let bit, _, _, _) = program.resolved(inner) {
                self = .known(bit: bit)
                return
            }
        case .compareWords(let symbol, let a, let b):
            if let word = RowTest.word(a, program), RowTest.isFixed(b, program) {
                self = .compare(symbol, offset: word.offset, bit: word.bit, with: b)
                return
            }
            if let word = RowTest.word(b, program), RowTest.isFixed(a, program) {
                self = .compare(symbol.turned, offset: word.offset, bit: word.bit, with: a)
                return
            }
        case .same(let a, let b, let totals) where totals != .decimals && totals != .money:
            if case .field(1, let bit, let offset, _, _) = program.resolved(a),
                RowTest.isFixed(b, program)
            {
                self = .same(offset: offset, bit: bit, with: b)
                return
            }
        default: break
        }
        self = .step(part)
    }

    /// The word of a row that a step takes, as its value or as the currency of it.
    private static func word(_ step: Int32, _ program: Program) -> (offset: Int32, bit: Int32)? {
        switch program.resolved(step) {
        case .field(1, let bit, let offset, _, _): return (offset, bit)
        case .function(.currencyOf, let inner, _):
            guard case .field(1, let bit, let offset, true, _) = program.resolved(inner) else {
                return nil
            }
            return (offset + 1, bit)
        default: return nil
        }
    }

    private static func isFixed(_ step: Int32, _ program: Program) -> Bool {
        StepUse(step, program).isOf(depth: 0)
    }
}

/// A window's filter, taken apart.
struct RowFilter: Sendable {
    /// What depends on the row alone and takes a program to tell; remembered for each row.
    var ofRow: (step: Int32, memory: Int)?
    var tests: [RowTest] = []
    /// Where the values begin that are the same for all rows, among those of the program.
    var firstFixed = 0
}

extension ProgramCompiler {
    /// Takes the filter of a window apart; `fixedCount` says how many values those of the windows
    /// before have.
    mutating func rowFilter(
        _ filter: Int32?, _ draft: Program, _ fixedCount: inout Int
    ) -> RowFilter {
        var made = RowFilter()
        made.firstFixed = fixedCount
        guard let filter else { return made }
        var ofRow: Int32?
        for part in SweepCondition.conjuncts(of: filter, draft) {
            let test = RowTest(part, draft)
            if case .step = test, StepUse(part, draft).isOf(depth: 1) {
                ofRow = ofRow.map { add(.and($0, part)) } ?? part
            } else {
                made.tests.append(test)
            }
        }
        made.ofRow = ofRow.map { ($0, answers.addFilter()) }
        fixedCount += made.tests.count
        return made
    }
}
