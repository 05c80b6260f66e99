internal import Primitives

extension Checker {
    /// The functions that need only their arguments: name, types taken, type given, function.
    static let functions: [(name: String, takes: [RuleType], gives: RuleType, Function)] = [
        ("size", [.text], .integer, .size), ("size", [.list(.nothing)], .integer, .size),
        ("int", [.integer], .integer, .toInteger), ("int", [.text], .integer, .toInteger),
        ("int", [.instant], .integer, .toInteger), ("int", [.decimal], .integer, .toInteger),
        ("string", [.text], .text, .toText), ("string", [.integer], .text, .toText),
        ("string", [.bool], .text, .toText), ("string", [.decimal], .text, .toText),
        ("string", [.date], .text, .toText), ("string", [.instant], .text, .toText),
        ("string", [.duration], .text, .toText), ("string", [.code], .text, .toText),
        ("string", [.institution], .text, .toText),
        ("bool", [.bool], .bool, .toBool), ("bool", [.text], .bool, .toBool),
        ("decimal", [.text], .decimal, .toDecimal), ("decimal", [.integer], .decimal, .toDecimal),
        ("timestamp", [.text], .instant, .toInstant),
        ("timestamp", [.integer], .instant, .toInstant),
        ("timestamp", [.instant], .instant, .toInstant),
        ("duration", [.text], .duration, .toDuration),
        ("duration", [.duration], .duration, .toDuration),
        ("date", [.text], .date, .toDate), ("date", [.instant], .date, .toDate),
        ("date", [.date], .date, .toDate),
        ("start", [.date], .instant, .startOfDay),
        ("period", [.integer], .period, .period),
        ("days", [.period], .integer, .daysOf), ("days", [.duration], .integer, .daysOf),
        ("hours", [.duration], .integer, .hoursOf),
        ("minutes", [.duration], .integer, .minutesOf),
        ("ratio", [.integer, .integer], .ratio, .ratio),
        ("ratio", [.integer, .decimal], .ratio, .ratio),
        ("ratio", [.decimal, .integer], .ratio, .ratio),
        ("ratio", [.decimal, .decimal], .ratio, .ratio),
        ("ratio", [.period, .period], .ratio, .ratio),
        ("ratio", [.duration, .duration], .ratio, .ratio),
        ("ratio", [.money, .money], .ratio, .ratio),
        ("ratio", [.quantity, .quantity], .ratio, .ratio),
        ("divide", [.integer, .integer, .integer], .decimal, .divide),
        ("divide", [.decimal, .integer, .integer], .decimal, .divide),
        ("divide", [.decimal, .decimal, .integer], .decimal, .divide),
        ("divide", [.quantity, .integer, .integer], .quantity, .divide),
        ("divide", [.quantity, .decimal, .integer], .quantity, .divide),
        ("divide", [.money, .integer], .money, .divide),
        ("round", [.decimal, .integer], .decimal, .round),
        ("round", [.ratio, .integer], .decimal, .round),
        ("round", [.quantity, .integer], .quantity, .round),
        ("abs", [.integer], .integer, .absolute), ("abs", [.decimal], .decimal, .absolute),
        ("abs", [.money], .money, .absolute), ("abs", [.period], .period, .absolute),
        ("abs", [.duration], .duration, .absolute),
        ("age", [.date, .date], .integer, .age),
    ]

    static let specialNames = [
        "has", "known", "same", "otherwise", "lookup", "listed", "limit", "class", "min", "max",
    ]

    mutating func call(
        _ name: String, _ arguments: [Expression], _ expression: Expression
    ) throws(RuleError) -> Int {
        switch name {
        case "has", "known": return try known(name, arguments, expression)
        case "same", "otherwise": return try pair(name, arguments, expression)
        case "lookup", "listed", "limit": return try table(name, arguments, expression)
        case "min", "max": return try extreme(name, arguments, expression)
        case "class":
            throw RuleError(
                .notHere("class(…)", advice: "write: code in class('name')"),
                at: expression.position)
        default: break
        }
        if let predicate = predicates.first(where: { $0.name.name == name }) {
            return try use(predicate, arguments, expression)
        }
        guard Checker.functions.contains(where: { $0.name == name }) else {
            let names =
                Checker.functions.map(\.name) + Checker.specialNames
                + predicates.map(\.name.name)
            throw unknownFunction(name, among: names, at: expression)
        }
        var given: [Int] = []
        for argument in arguments { given.append(try check(argument)) }
        return try function(name, given, expression)
    }

    func unknownFunction(
        _ name: String, among names: [String], at expression: Expression
    ) -> RuleError {
        let known = Set(names).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return RuleError(
            .unknownFunction(name, nearest: NearestName.of(name, in: known), known: known),
            at: expression.position)
    }

    mutating func function(
        _ name: String, _ given: [Int], _ expression: Expression
    ) throws(RuleError) -> Int {
        let types = given.map(type)
        let candidates = Checker.functions.filter { $0.name == name }
        guard
            let found = candidates.first(where: {
                $0.takes.count == types.count && zip(types, $0.takes).allSatisfy { $0.fits($1) }
            })
        else {
            throw RuleError(
                .wrongArguments(
                    name,
                    expected: candidates.map {
                        "(\($0.takes.map(\.description).joined(separator: ", ")))"
                    }.joined(separator: " or "),
                    found: "(\(types.map(words).joined(separator: ", ")))"),
                at: expression.position)
        }
        return try add(.function(found.3, given), found.gives, expression)
    }

    private mutating func known(
        _ name: String, _ arguments: [Expression], _ expression: Expression
    ) throws(RuleError) -> Int {
        guard arguments.count == 1, let argument = arguments.first else {
            throw count(name, "one value", arguments, expression)
        }
        let node = try check(argument)
        try plain(node, argument)
        return try add(.known(node), .bool, expression)
    }

    private mutating func pair(
        _ name: String, _ arguments: [Expression], _ expression: Expression
    ) throws(RuleError) -> Int {
        guard arguments.count == 2 else { throw count(name, "two values", arguments, expression) }
        let first = try check(arguments[0])
        let second = try check(arguments[1])
        try plain(first, arguments[0])
        guard type(first).fits(type(second)) else {
            throw RuleError(
                .wrongArguments(
                    name, expected: "two values of one type",
                    found: "\(words(type(first))) and \(words(type(second)))"),
                at: expression.position)
        }
        return name == "same"
            ? try add(.same(first, second), .bool, expression)
            : try add(.otherwise(first, second), type(first), expression)
    }

    private mutating func extreme(
        _ name: String, _ arguments: [Expression], _ expression: Expression
    ) throws(RuleError) -> Int {
        guard arguments.count == 2 else { throw count(name, "two values", arguments, expression) }
        let first = try check(arguments[0])
        let second = try check(arguments[1])
        guard type(first).fits(type(second)), type(first).isOrdered else {
            throw RuleError(
                .wrongArguments(
                    name, expected: "two values of one ordered type",
                    found: "\(words(type(first))) and \(words(type(second)))"),
                at: expression.position)
        }
        return try add(
            .function(name == "min" ? .smaller : .larger, [first, second]), type(first),
            expression)
    }

    /// Refuses a row or a window where a value is needed.
    func plain(_ node: Int, _ expression: Expression) throws(RuleError) {
        switch type(node) {
        case .row, .window:
            throw RuleError(.aggregateNeeded(expression.description), at: expression.position)
        default: return
        }
    }

    func count(
        _ name: String, _ expected: String, _ arguments: [Expression], _ expression: Expression
    ) -> RuleError {
        RuleError(
            .wrongArguments(
                name, expected: expected,
                found: arguments.isEmpty ? "none" : "\(arguments.count)"),
            at: expression.position)
    }
}
