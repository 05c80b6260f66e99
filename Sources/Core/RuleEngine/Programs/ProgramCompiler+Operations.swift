internal import Primitives
internal import RuleLanguage

extension ProgramCompiler {
    mutating func compare(_ symbol: BinaryOperator, _ a: Int, _ b: Int) -> Int32 {
        let (left, right) = (type(a), type(b))
        let isEquality = symbol == .equal || symbol == .notEqual
        if left == .ratio || right == .ratio {
            guard let first = quotient(a), let second = quotient(b) else { return add(.open) }
            return add(
                .compareQuotients(symbol, first.0, first.1, second.0, second.1))
        }
        if left == .decimal && right.isNumber || left.isNumber && right == .decimal {
            return add(.compareDecimals(symbol, step(a), step(b)))
        }
        guard left == right else { return add(.open) }
        if left == .money { return add(.compareMoney(symbol, step(a), step(b))) }
        guard ProgramCompiler.isWord(left), isEquality || !ProgramCompiler.isSymbol(left) else {
            return add(.open)
        }
        return add(.compareWords(symbol, step(a), step(b)))
    }

    /// The two sides of a quotient, or a number and -1 for one.
    private mutating func quotient(_ node: Int) -> (Int32, Int32)? {
        let sides: (Int, Int)
        switch plan.nodes[node].operation {
        case .binding(let binding): return quotient(plan.rule.bindings[binding].node)
        case .function(.ratio, let arguments) where arguments.count == 2:
            sides = (arguments[0], arguments[1])
        case .arithmetic(.divide, let a, let b) where type(node) == .ratio: sides = (a, b)
        default:
            guard type(node) == .integer || type(node) == .decimal else { return nil }
            return (step(node), -1)
        }
        let (a, b) = (step(sides.0), step(sides.1))
        switch (type(sides.0), type(sides.1)) {
        case (.money, .money): return (add(.minorUnits(a, b)), add(.minorUnits(b, a)))
        case (.period, .period), (.duration, .duration), (.integer, .integer),
            (.integer, .decimal), (.decimal, .integer), (.decimal, .decimal):
            return (a, b)
        default: return nil
        }
    }

    mutating func arithmetic(_ symbol: BinaryOperator, _ a: Int, _ b: Int) -> Int32 {
        let isSum = symbol == .add || symbol == .subtract
        let sum: Step.Sum
        var isTurned = false
        switch (type(a), type(b)) {
        case (.integer, .integer): sum = .integers
        case (.integer, .decimal), (.decimal, .integer), (.decimal, .decimal):
            guard isSum || symbol == .multiply else { return add(.open) }
            sum = .decimals
        case (.money, .money) where isSum: sum = .money
        case (.money, .integer): sum = .moneyTimes
        case (.integer, .money):
            sum = .moneyTimes
            isTurned = true
        case (.period, .period) where isSum: sum = .periods
        case (.period, .integer), (.integer, .period): sum = .periods
        case (.duration, .duration) where isSum: sum = .durations
        case (.duration, .integer), (.integer, .duration): sum = .durations
        case (.date, .date): sum = .days
        case (.date, .period): sum = .dates
        case (.period, .date):
            sum = .dates
            isTurned = true
        case (.instant, .instant): sum = .spans
        case (.instant, .duration): sum = .instants
        case (.duration, .instant):
            sum = .instants
            isTurned = true
        case (.instant, .period): sum = .instantsPeriod
        case (.period, .instant):
            sum = .instantsPeriod
            isTurned = true
        default: return add(.open)
        }
        let (left, right) = (step(a), step(b))
        return add(
            isTurned ? .arithmetic(sum, symbol, right, left) : .arithmetic(sum, symbol, left, right)
        )
    }

    /// What an aggregate takes of each row, -1 where it takes nothing, and of what type that is.
    mutating func body(of aggregate: Aggregate, _ node: Int?) -> (Int32, Step.Totals) {
        guard let node else { return (-1, .none) }
        // The evaluator counts what recurs.
        guard aggregate != .recurring else { return (add(.open), .none) }
        guard aggregate == .quantile else {
            return (step(node), ProgramCompiler.totals(type(node)))
        }
        guard case .list(let parts) = plan.nodes[node].operation, parts.count == 2,
            case .integer(let percent) = constant(parts[1]),
            let percent = UInt8(exactly: percent)
        else { return (add(.open), .none) }
        return (
            add(.share(step(parts[0]), percent: percent)),
            ProgramCompiler.totals(type(parts[0]))
        )
    }

    mutating func contains(_ list: Int, _ value: Int) -> Int32 {
        guard ProgramCompiler.isWord(type(value)), type(value) != .instant else {
            return add(.open)
        }
        if case .field = plan.nodes[list].operation, type(list) == .list(.code) {
            return add(.holds(list: step(list), step(value)))
        }
        var items: [Value] = []
        switch plan.nodes[list].operation {
        case .constant(.list(let values)): items = values
        case .list(let nodes):
            items = nodes.compactMap { constant($0) }
            guard items.count == nodes.count else { return add(.open) }
        default: return add(.open)
        }
        let first = words.count
        for item in items {
            let flat = symbols.flat(item)
            guard flat.isKnown, flat.second == 0 else { return add(.open) }
            words.append(flat.first)
        }
        return add(
            .isOneOf(step(value), first: Int32(first), count: Int32(words.count - first)))
    }

    mutating func comprehension(
        _ kind: Comprehension, _ list: Int, _ local: Int, _ body: Int
    ) -> Int32 {
        guard case .field = plan.nodes[list].operation, type(list) == .list(.code),
            kind == .all || kind == .exists
        else { return add(.open) }
        return add(
            .each(
                list: step(list), local: Int32(local), body: step(body),
                deciding: kind == .exists))
    }

    mutating func call(_ function: Function, _ arguments: [Int]) -> Int32 {
        guard let first = arguments.first else { return add(.open) }
        let type = type(first)
        if arguments.count == 2, case .text(let part) = constant(arguments[1]) {
            switch function {
            case .startsWith: return test(first, .startsWith(part))
            case .endsWith: return test(first, .endsWith(part))
            case .containsText: return test(first, .contains(part))
            default: break
            }
        }
        if function == .numberIn, arguments.count == 2, type == .quantity,
            case .text(let unit) = constant(arguments[1])
        {
            return add(.number(step(first), unit: symbols.text(unit)))
        }
        if function == .divide, arguments.count == 3, type.isNumber,
            self.type(arguments[1]).isNumber, case .integer(let digits) = constant(arguments[2]),
            let digits = UInt8(exactly: digits), digits <= ExactDecimal.scaleMax
        {
            return add(.divide(step(first), step(arguments[1]), digits: digits))
        }
        switch (function, type) {
        case (.daysOf, .period), (.period, .integer), (.toDate, .date), (.toDecimal, .integer):
            return step(first)
        case (.size, .list(.code)):
            guard case .field = plan.nodes[first].operation else { return add(.open) }
            return add(.size(list: step(first)))
        case (.currencyOf, .money), (.toDate, .instant), (.startOfDay, .date), (.codeSystem, .code),
            (.codeText, .code),
            (.daysOf, .duration), (.hoursOf, .duration), (.minutesOf, .duration),
            (.absolute, .integer), (.absolute, .period), (.toInteger, .decimal):
            return add(.function(function, step(first), -1))
        case (.smaller, .integer), (.smaller, .date), (.smaller, .period), (.smaller, .duration),
            (.smaller, .instant), (.larger, .integer), (.larger, .date), (.larger, .period),
            (.larger, .duration), (.larger, .instant), (.age, .date):
            guard arguments.count == 2, self.type(arguments[1]) == type else {
                return add(.open)
            }
            return add(.function(function, step(first), step(arguments[1])))
        case (.part, .date) where arguments.count == 1,
            (.part, .instant) where arguments.count == 1:
            let date = type == .date ? step(first) : add(.function(.toDate, step(first), -1))
            guard case .part(let part) = function, part.rawValue < TimePart.hours.rawValue,
                type == .date
            else { return add(.open) }
            return add(.function(function, date, -1))
        default: return add(.open)
        }
    }

    mutating func test(_ text: Int, _ test: AnswerMemory.Test) -> Int32 {
        guard type(text) == .text else { return add(.open) }
        let number = answers.add(test)
        return add(.test(Int32(number), step(text)))
    }

    mutating func listing(_ table: Int, _ column: Int?, _ keys: [Int], _ day: Int?) -> Int32 {
        var constants: [KeyPart?] = []
        var varying: [Int] = []
        for key in keys {
            if let value = constant(key), let part = KeyPart(value) {
                constants.append(part)
            } else {
                constants.append(nil)
                varying.append(key)
            }
        }
        guard (1...2).contains(varying.count) else { return add(.open) }
        if let day, type(day) != .date { return add(.open) }
        var steps: [Int32] = []
        for key in varying {
            switch type(key) {
            case .integer, .date: steps.append(add(.keyNumber(step(key))))
            case let type where ProgramCompiler.isSymbol(type): steps.append(step(key))
            default: return add(.open)
            }
        }
        let number = answers.add(
            AnswerMemory.Listing(
                table: plan.tables[table], column: column, constants: constants,
                types: keys.map { type($0) }))
        return add(
            .listed(
                Int32(number), steps[0], steps.count > 1 ? steps[1] : -1,
                day: day.map { step($0) } ?? -1))
    }
}
