internal import Primitives
public import RuleLanguage

/// A condition over named values, compiled once and asked of many rows: for a caller that has rows
/// of its own and no ledger.
///
/// A value, not shared: asking uses memory of its own, so each thread has a copy.
public struct Decision: Sendable {
    private let names: [String]
    private let full: PlainExpression
    private let program: Program
    private var store: FactStore
    private var scratch: Scratch
    /// The parts of the condition that must all hold, and the names that each is the first to ask.
    private let parts: [Part]
    /// The same parts as they are asked of typed rows, and the names that the parts ask which run
    /// steps.
    private let tests: [WordTest]
    private let namesOfSteps: [Int]
    private let runsSteps: Bool
    /// Whether texts are asked for more than whether they equal a constant.
    private let asksTexts: Bool

    private struct Part: Sendable {
        let step: Int32
        let names: [Int]
    }

    /// Checks and compiles a condition over names that get their values with each row.
    ///
    /// - Throws: ``RuleLanguage/RuleErrors`` with what is wrong.
    public init(
        _ expression: Expression, variables: [(name: String, type: RuleType)]
    ) throws(RuleErrors) {
        full = try PlainExpression(expression, variables: variables)
        names = variables.map(\.name)
        var store = FactStore(indexes: [])
        var compiler = ProgramCompiler(
            plan: full.plan, symbols: store.symbols, answers: store.answers, probes: ProbeList())
        let program = compiler.compile(ordinal: 0, number: 0)
        store.symbols = compiler.symbols
        store.answers = compiler.answers
        self.program = program
        self.store = store
        parts = Decision.parts(program, nameCount: variables.count)
        tests = parts.map { WordTest($0.step, program) }
        namesOfSteps = zip(parts, tests).flatMap { part, test in
            guard case .step = test else { return [Int]() }
            return StepUse(part.step, program).locals.filter { $0 < variables.count }
        }
        runsSteps = tests.contains { if case .step = $0 { true } else { false } }
        scratch = Scratch(programs: [program], probeCount: 0)
        let texts = variables.filter { ProgramCompiler.isSymbol($0.type) }
        asksTexts =
            texts.count > 1
            || program.steps.contains { step in
                switch step {
                case .test, .listed, .function: true
                default: false
                }
            }
    }

    /// Whether the condition holds of a row whose values are found by their names; unknown, with
    /// the cause, where a value is missing and matters.
    public mutating func decide(_ row: [String: Value]) -> Value {
        if !asksTexts {
            // What decides first spares looking up the rest.
            for place in program.bindings.indices { scratch.bindings[place] = .unset }
            var isKnown = true
            for part in parts {
                for place in part.names {
                    scratch.locals[place] = row[names[place]].map { flat($0) } ?? .open
                }
                let answer = store.run(part.step, program, &scratch)
                if answer.isFalse { return .no }
                isKnown = isKnown && answer.isKnown
            }
            if isKnown { return .yes }
        }
        return full.evaluate(
            names.map { row[$0] ?? .unknown(.missing(kind: "row", field: $0)) })
    }

    private static func parts(_ program: Program, nameCount: Int) -> [Part] {
        var asked: Set<Int> = []
        return SweepCondition.conjuncts(of: program.condition, program).map { step in
            // The variables of loops come after the names.
            let names = StepUse(step, program).locals.filter { $0 < nameCount }
            defer { asked.formUnion(names) }
            return Part(step: step, names: names.filter { !asked.contains($0) })
        }
    }

    private func flat(_ value: Value) -> Flat {
        switch value {
        case .integer(let integer): Flat(integer)
        case .decimal(let decimal): Flat(decimal.coefficient, Int64(decimal.scale))
        case .bool(let bool): Flat(bool)
        case .date(let day): Flat(Int64(day.number))
        case .period(let days): Flat(days)
        case .duration(let milliseconds): Flat(milliseconds)
        // No constant is a text that the program does not know.
        case .text, .code, .id, .institution: Flat(store.symbols.known(value) ?? -1)
        default: .open
        }
    }

    // MARK: - Typed rows

    /// A row in words, two for each name in their order, for ``decide(words:at:)``; nil where a
    /// value has a type that takes more.
    public mutating func words(_ values: [Value]) -> [Int64]? {
        var words: [Int64] = []
        for value in values {
            let flat = store.symbols.flat(value)
            guard flat.isKnown else { return nil }
            words += [flat.first, flat.second]
        }
        return words
    }

    /// Whether the condition holds of the row whose words begin at a place; nil where programs
    /// cannot tell.
    public mutating func decide(words: [Int64], at start: Int) -> Bool? {
        var isKnown = true
        if runsSteps { enter(words, start) }
        for test in tests {
            switch test {
            case .words(let symbol, let place, let constant):
                if !symbol.holds(words[start + place], constant) { return false }
            case .decimals(let symbol, let place, let constant):
                let value = Flat(words[start + place], words[start + place + 1])
                guard let order = FlatMath.order(value, constant) else {
                    isKnown = false
                    continue
                }
                if !symbol.holds(order, 0) { return false }
            case .isOneOf(let place, let first, let count):
                let word = words[start + place]
                if !program.words[first..<first + count].contains(word) { return false }
            case .step(let step):
                let answer = store.run(step, program, &scratch)
                if answer.isFalse { return false }
                isKnown = isKnown && answer.isKnown
            }
        }
        return isKnown ? true : nil
    }

    /// Sets what steps ask for.
    private mutating func enter(_ words: [Int64], _ start: Int) {
        for place in program.bindings.indices { scratch.bindings[place] = .unset }
        for place in namesOfSteps {
            scratch.locals[place] = Flat(words[start + 2 * place], words[start + 2 * place + 1])
        }
    }
}
