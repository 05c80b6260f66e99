extension Checker {
    mutating func method(
        _ base: Expression, _ name: String, _ arguments: [Expression], _ expression: Expression
    ) throws(RuleError) -> Int {
        if case .name(let window) = base.form, let window = self.window(named: window) {
            return try aggregate(window, name, arguments, expression)
        }
        let node = try check(base)
        switch type(node) {
        case .text: return try textMethod(node, name, arguments, expression)
        case .list where name == "size" && arguments.isEmpty:
            return try add(.function(.size, [node]), .integer, expression)
        case .quantity where name == "value":
            guard arguments.count == 1 else {
                throw count("value", "one unit", arguments, expression)
            }
            let unit = try check(arguments[0], as: .text, "the unit")
            return try add(.function(.numberIn, [node, unit]), .decimal, expression)
        case .date, .instant, .duration: return try getter(node, name, arguments, expression)
        default: throw noMethod(name, type(node), expression)
        }
    }

    private func noMethod(
        _ name: String, _ type: RuleType, _ expression: Expression
    ) -> RuleError {
        let known: [String] =
            switch type {
            case .text: ["startsWith", "endsWith", "contains", "matches", "size"]
            case .quantity: ["value"]
            case .list: ["size", "all", "exists", "exists_one", "map", "filter"]
            case .date:
                TimePart.allCases.filter { $0.rawValue < TimePart.hours.rawValue }
                    .map(\.name)
            case .duration:
                TimePart.allCases.filter { $0.rawValue >= TimePart.hours.rawValue }
                    .map(\.name)
            default: []
            }
        return RuleError(
            .notHere(
                "'.\(name)()' after \(words(type))",
                advice: known.isEmpty
                    ? "nothing is asked of it so" : "there are \(known.joined(separator: ", "))"),
            at: expression.position)
    }

    private mutating func textMethod(
        _ node: Int, _ name: String, _ arguments: [Expression], _ expression: Expression
    ) throws(RuleError) -> Int {
        if name == "size", arguments.isEmpty {
            return try add(.function(.size, [node]), .integer, expression)
        }
        guard arguments.count == 1, let argument = arguments.first else {
            throw count(name, "one text", arguments, expression)
        }
        let function: Function
        switch name {
        case "startsWith": function = .startsWith
        case "endsWith": function = .endsWith
        case "contains": function = .containsText
        case "matches": return try matches(node, argument, expression)
        default: throw noMethod(name, .text, expression)
        }
        let other = try check(argument, as: .text, "what '\(name)' looks for")
        return try add(.function(function, [node, other]), .bool, expression)
    }

    private mutating func matches(
        _ node: Int, _ argument: Expression, _ expression: Expression
    ) throws(RuleError) -> Int {
        guard case .literal(.text(let source)) = argument.form else {
            throw RuleError(.needsConstant("a pattern"), at: argument.position)
        }
        do throws(PatternError) {
            patterns.append(try Pattern(source))
        } catch {
            throw RuleError(.format(error.description), at: argument.position)
        }
        return try add(.matches(node, pattern: patterns.count - 1), .bool, expression)
    }

    private mutating func getter(
        _ node: Int, _ name: String, _ arguments: [Expression], _ expression: Expression
    ) throws(RuleError) -> Int {
        guard let part = TimePart.allCases.first(where: { $0.name == name }) else {
            throw unknownFunction(name, among: TimePart.allCases.map(\.name), at: expression)
        }
        let isClock = part.rawValue >= TimePart.hours.rawValue
        if type(node) == .date, isClock { throw noMethod(name, .date, expression) }
        if type(node) == .duration, !isClock { throw noMethod(name, .duration, expression) }
        guard arguments.count <= (type(node) == .instant ? 1 : 0) else {
            throw count(name, "nothing, or the zone of an instant", arguments, expression)
        }
        guard let zone = arguments.first else {
            return try add(.function(.part(part), [node]), .integer, expression)
        }
        guard case .literal(.text(let text)) = zone.form, let minutes = TimeZoneOffset(text)
        else {
            throw RuleError(
                .notHere("this zone", advice: "write 'UTC' or an offset such as '+08:00'"),
                at: zone.position)
        }
        let offset = try add(.constant(.integer(minutes.minutes)), .integer, zone)
        return try add(.function(.part(part), [node, offset]), .integer, expression)
    }

    /// What is asked of the rows of a window.
    mutating func aggregate(
        _ window: Int, _ name: String, _ arguments: [Expression], _ expression: Expression
    ) throws(RuleError) -> Int {
        guard let aggregate = Aggregate(name: name) else {
            throw unknownFunction(name, among: Aggregate.allCases.map(\.name), at: expression)
        }
        if aggregate == .quantile { return try quantile(window, arguments, expression) }
        if aggregate == .recurring { return try recurring(window, arguments, expression) }
        let isOptional = [.count, .any, .none, .days].contains(aggregate)
        guard arguments.count <= (aggregate == .days ? 0 : 1), isOptional || !arguments.isEmpty
        else {
            throw count(
                name, aggregate == .days ? "nothing" : "one expression over the rows",
                arguments, expression)
        }
        for part in parts(ofWindow: window) where aggregate == .days && windows[part].times == nil {
            throw RuleError(
                .noTimes(kind: schema.kinds[windows[part].kind].name), at: expression.position)
        }
        guard let argument = arguments.first else {
            return try add(
                asking(aggregate, window, depth: depth + 1, body: nil),
                aggregate == .any || aggregate == .none ? .bool : .integer, expression)
        }
        try enterRows(ofWindow: window, at: argument.position)
        defer { leaveRows() }
        let body = try check(argument)
        let result = try resultType(aggregate, body, argument)
        return try add(asking(aggregate, window, depth: depth, body: body), result, expression)
    }

    /// `quantile(VALUE, PERCENT)`: the body is the list of both.
    private mutating func quantile(
        _ window: Int, _ arguments: [Expression], _ expression: Expression
    ) throws(RuleError) -> Int {
        guard arguments.count == 2 else {
            throw count("quantile", "a value of each row and a percent", arguments, expression)
        }
        guard case .literal(.integer(let percent)) = arguments[1].form,
            (0...100).contains(percent)
        else {
            throw RuleError(
                .notHere("this percent", advice: "write a whole number from 0 to 100"),
                at: arguments[1].position)
        }
        try enterRows(ofWindow: window, at: arguments[0].position)
        defer { leaveRows() }
        let value = try check(arguments[0])
        let result = try resultType(.quantile, value, arguments[0])
        let share = try add(.constant(.integer(percent)), .integer, arguments[1])
        let pair = try add(.list([value, share]), .list(.nothing), arguments[0])
        return try add(asking(.quantile, window, depth: depth, body: pair), result, expression)
    }

    /// `recurring(VALUE, BY, TIMES)`: the body is the list of the three.
    private mutating func recurring(
        _ window: Int, _ arguments: [Expression], _ expression: Expression
    ) throws(RuleError) -> Int {
        guard arguments.count == 3 else {
            throw count(
                "recurring", "a value of each row, what is to differ, and a number",
                arguments, expression)
        }
        try enterRows(ofWindow: window, at: arguments[0].position)
        defer { leaveRows() }
        var parts: [Int] = []
        for argument in arguments[..<2] {
            parts.append(try check(argument))
            try plain(parts[parts.count - 1], argument)
        }
        parts.append(try check(arguments[2], as: .integer, "the number of 'recurring'"))
        let list = try add(.list(parts), .list(.nothing), arguments[0])
        return try add(asking(.recurring, window, depth: depth, body: list), .integer, expression)
    }

    private func resultType(
        _ aggregate: Aggregate, _ body: Int, _ argument: Expression
    ) throws(RuleError) -> RuleType {
        try plain(body, argument)
        let found = type(body)
        let isRight: Bool
        let expected: String
        switch aggregate {
        case .count, .any, .none, .all: (isRight, expected) = (found == .bool, "a condition")
        case .sum:
            isRight = [.integer, .decimal, .money, .quantity, .period, .duration].contains(found)
            expected = "a number, amount or quantity"
        case .avg:
            isRight = [.integer, .decimal, .money].contains(found)
            expected = "a number or an amount"
        case .min, .max, .quantile:
            (isRight, expected) = (found.isOrdered, "a value that has an order")
        default: (isRight, expected) = (true, "a value")
        }
        guard isRight else {
            throw RuleError(
                .wrongType(
                    expected: expected, found: words(found),
                    place: "what '\(aggregate.name)' takes of each row"), at: argument.position)
        }
        switch aggregate {
        case .any, .none, .all: return .bool
        case .count, .distinct, .days, .concentration: return .integer
        case .avg: return found == .money ? .money : .ratio
        default: return found
        }
    }
}

/// A fixed distance from UTC, in minutes to the east.
struct TimeZoneOffset {
    let minutes: Int64

    /// The offset that `UTC`, `+08:00` or `-02:30` says, or nil for any other text.
    init?(_ text: String) {
        if text == "UTC" || text == "Z" {
            minutes = 0
            return
        }
        var digits = Array(text.utf8)[...]
        let negative = digits.first == UInt8(ascii: "-")
        if negative || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
        let parts = digits.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.count == 2 }),
            let hours = Int64(String(decoding: parts[0], as: UTF8.self)), (0...14).contains(hours),
            let rest = Int64(String(decoding: parts[1], as: UTF8.self)), (0...59).contains(rest)
        else { return nil }
        minutes = (negative ? -1 : 1) * (hours * 60 + rest)
    }
}
