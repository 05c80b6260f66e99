extension Checker {
    mutating func unary(
        _ symbol: UnaryOperator, _ operand: Expression, _ expression: Expression
    ) throws(RuleError) -> Int {
        switch symbol {
        case .not:
            let node = try check(operand, as: .bool, "what '!' negates")
            return try add(.not(node), .bool, expression)
        case .negate:
            let node = try check(operand)
            switch type(node) {
            case .integer, .decimal, .money, .quantity, .period, .duration:
                return try add(.negate(node), type(node), expression)
            default:
                throw RuleError(
                    .wrongType(
                        expected: "a number", found: words(type(node)),
                        place: "what '-' negates"), at: operand.position)
            }
        }
    }

    mutating func conditional(
        _ condition: Expression, _ yes: Expression, _ no: Expression, _ expression: Expression
    ) throws(RuleError) -> Int {
        let test = try check(condition, as: .bool, "the condition of a choice")
        let first = try check(yes)
        let second = try check(no)
        guard type(first).fits(type(second)) else {
            throw RuleError(
                .wrongType(
                    expected: "\(words(type(first))), as what is given before it",
                    found: words(type(second)),
                    place: "what a choice gives"), at: no.position)
        }
        let result = type(first) == .nothing ? type(second) : type(first)
        return try add(.conditional(test, first, second), result, expression)
    }

    mutating func binary(
        _ symbol: BinaryOperator, _ left: Expression, _ right: Expression,
        _ expression: Expression
    ) throws(RuleError) -> Int {
        switch symbol {
        case .and, .or:
            let a = try check(left, as: .bool, "each side of '\(symbol.symbol)'")
            let b = try check(right, as: .bool, "each side of '\(symbol.symbol)'")
            return try add(symbol == .and ? .and(a, b) : .or(a, b), .bool, expression)
        case .within: return try membership(left, right, expression)
        case .add, .subtract, .multiply, .divide, .remainder:
            return try arithmetic(symbol, left, right, expression)
        default:
            let a = try check(left)
            let b = try check(right)
            try comparable(symbol, a, b, expression)
            return try add(.compare(symbol, a, b), .bool, expression)
        }
    }

    private func comparable(
        _ symbol: BinaryOperator, _ left: Int, _ right: Int, _ expression: Expression
    ) throws(RuleError) {
        let (a, b) = (type(left), type(right))
        var isRight = a.fits(b) || (a.isNumber && b.isNumber)
        if symbol != .equal, symbol != .notEqual { isRight = isRight && a.isOrdered }
        switch (a, b) {
        case (.window, _), (_, .window), (.row, _), (_, .row): isRight = false
        default: break
        }
        guard isRight else { throw mismatch(symbol, a, b, expression) }
    }

    func mismatch(
        _ symbol: BinaryOperator, _ left: RuleType, _ right: RuleType, _ expression: Expression
    ) -> RuleError {
        let advice: String
        switch (left, right) {
        case (.window, _), (_, .window): advice = "ask the window for count(), sum(…) or the like"
        case (.date, .instant), (.instant, .date): advice = "date(…) gives the day of an instant"
        case (.code, .text), (.text, .code):
            advice = "a code has a system: compare its .code, or ask 'in class(…)'"
        case (.quantity, .integer), (.integer, .quantity), (.quantity, .decimal),
            (.decimal, .quantity):
            advice = "value('mg') gives the number of a quantity in a unit"
        case (.period, .integer), (.integer, .period): advice = "write the days as 30d"
        case (.institution, .text), (.text, .institution):
            advice = "string(…) gives the name of an institution"
        case (.money, _), (_, .money):
            advice =
                "an amount goes with amounts; a limit in money stands in a table, in a column "
                + "of type money"
        default: advice = generalAdvice(symbol, left, right)
        }
        return RuleError(
            .wrongOperands(symbol.symbol, left: words(left), right: words(right), advice: advice),
            at: expression.position)
    }

    private func generalAdvice(
        _ symbol: BinaryOperator, _ left: RuleType, _ right: RuleType
    ) -> String {
        switch symbol {
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
            if left.isNumber || right.isNumber { return "a number compares with numbers alone" }
            if left == right { return "they have no order" }
            return "each compares with its own type alone"
        case .within: return "the elements of the list are of another type"
        default: return ""
        }
    }

    private mutating func membership(
        _ left: Expression, _ right: Expression, _ expression: Expression
    ) throws(RuleError) -> Int {
        if case .call("class", let arguments) = right.form {
            return try inClass(left, arguments, expression)
        }
        let value = try check(left)
        let list = try check(right)
        guard case .list(let element) = type(list),
            type(value).fits(element) || (type(value).isNumber && element.isNumber)
        else { throw mismatch(.within, type(value), type(list), expression) }
        return try add(.contains(list: list, value: value), .bool, expression)
    }

    private mutating func arithmetic(
        _ symbol: BinaryOperator, _ left: Expression, _ right: Expression,
        _ expression: Expression
    ) throws(RuleError) -> Int {
        let a = try check(left)
        let b = try check(right)
        if symbol == .add {
            if type(a) == .text, type(b) == .text {
                return try add(.function(.concatenateText, [a, b]), .text, expression)
            }
            if case .list(let first) = type(a), case .list(let second) = type(b),
                first.fits(second)
            {
                let element = first == .nothing ? second : first
                return try add(.function(.concatenateList, [a, b]), .list(element), expression)
            }
        }
        guard let result = Checker.result(symbol, type(a), type(b)) else {
            throw quotientAdvice(symbol, type(a), type(b), expression)
        }
        return try add(.arithmetic(symbol, a, b), result, expression)
    }

    private func quotientAdvice(
        _ symbol: BinaryOperator, _ left: RuleType, _ right: RuleType, _ expression: Expression
    ) -> RuleError {
        guard symbol == .divide, left == .quantity || left == .money else {
            return mismatch(symbol, left, right, expression)
        }
        return RuleError(
            .wrongOperands(
                "/", left: words(left), right: words(right),
                advice: "say to how many digits: divide(a, b, 2)"), at: expression.position)
    }

    /// The type that arithmetic gives, or nil where the operands do not fit.
    static func result(
        _ symbol: BinaryOperator, _ left: RuleType, _ right: RuleType
    ) -> RuleType? {
        switch (symbol, left, right) {
        case (_, .integer, .integer): .integer
        case (.remainder, _, _): nil
        case (.divide, .integer, .decimal), (.divide, .decimal, .integer),
            (.divide, .decimal, .decimal), (.divide, .money, .money),
            (.divide, .quantity, .quantity):
            .ratio
        case (.divide, _, _): nil
        case (_, .integer, .decimal), (_, .decimal, .integer), (_, .decimal, .decimal): .decimal
        case (.multiply, .money, .integer), (.multiply, .integer, .money): .money
        case (.multiply, .quantity, .integer), (.multiply, .integer, .quantity),
            (.multiply, .quantity, .decimal), (.multiply, .decimal, .quantity),
            (.multiply, .quantity, .quantity):
            .quantity
        case (.multiply, .period, .integer), (.multiply, .integer, .period): .period
        case (.multiply, .duration, .integer), (.multiply, .integer, .duration): .duration
        case (.multiply, _, _): nil
        case (_, .money, .money): .money
        case (_, .quantity, .quantity): .quantity
        case (_, .period, .period): .period
        case (_, .duration, .duration): .duration
        case (.subtract, .date, .date): .period
        case (.subtract, .instant, .instant): .duration
        case (_, .date, .period): .date
        case (_, .instant, .duration): .instant
        case (_, .instant, .period): .instant
        case (.add, .period, .date): .date
        case (.add, .duration, .instant), (.add, .period, .instant): .instant
        default: nil
        }
    }
}
