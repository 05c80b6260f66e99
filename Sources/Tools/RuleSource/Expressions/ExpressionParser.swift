internal import RuleLanguage

/// Reads expressions of CEL, without floating point, and the windows that rules add to it.
///
/// Source: the Common Expression Language's grammar, by precedence climbing.
struct ExpressionParser {
    var tokens: [Token]
    var place = 0
    private var depth = 0

    /// A parser of `text`, which begins at `start` in its file (``Lexer``).
    init(
        _ text: String, at start: SourcePosition, places: [SourcePosition]? = nil
    ) throws(TextError) {
        var lexer = Lexer(text, at: start, places: places)
        tokens = try lexer.tokens()
    }

    /// The whole text as one expression.
    static func expression(
        _ text: String, at start: SourcePosition, places: [SourcePosition]? = nil
    ) throws(TextError) -> Expression {
        var parser = try ExpressionParser(text, at: start, places: places)
        let expression = try parser.expression()
        try parser.expectEnd()
        return expression
    }

    var next: Token { tokens[place] }

    mutating func expectEnd() throws(TextError) {
        guard next.kind == .end else { throw unexpected("an operator, or the end") }
    }

    func unexpected(_ expected: String) -> TextError {
        // What other languages write in place of CEL's operators.
        let meant = ["=": "==", "and": "&&", "or": "||", "not": "!"]
        let hint: String? =
            switch next.kind {
            case .symbol(let symbol): meant[symbol]
            case .name(let name): meant[name.lowercased()]
            default: nil
            }
        return TextError(
            position: next.position,
            message: "expected \(expected), found \(next.words)"
                + (hint.map { "; did you mean '\($0)'?" } ?? ""))
    }

    /// Takes the symbol if it stands here.
    mutating func take(_ symbol: String) -> Bool {
        guard next.kind == .symbol(symbol) else { return false }
        place += 1
        return true
    }

    mutating func expect(_ symbol: String) throws(TextError) {
        guard take(symbol) else { throw unexpected("'\(symbol)'") }
    }

    /// Takes the word if it stands here.
    mutating func take(word: String) -> Bool {
        guard next.kind == .name(word) else { return false }
        place += 1
        return true
    }

    mutating func name(_ expected: String) throws(TextError) -> Named {
        guard case .name(let name) = next.kind else { throw unexpected(expected) }
        defer { place += 1 }
        return Named(name, at: next.position)
    }

    mutating func expression() throws(TextError) -> Expression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Expression.depthMax else {
            throw TextError(
                position: next.position,
                message: "expressions may nest \(Expression.depthMax) deep, no deeper")
        }
        let condition = try binary(above: 0)
        guard take("?") else { return condition }
        let yes = try expression()
        try expect(":")
        let no = try expression()
        return Expression(.conditional(condition, yes, no), at: condition.position)
    }

    /// Operands joined by operators that bind more tightly than `level`.
    private mutating func binary(above level: Int) throws(TextError) -> Expression {
        var left = try unary()
        while let symbol = binaryOperator, symbol.precedence > level {
            place += 1
            let right = try binary(above: symbol.precedence)
            left = Expression(
                .binary(symbol, left, right), at: left.position.through(right.position))
        }
        return left
    }

    private var binaryOperator: BinaryOperator? {
        switch next.kind {
        case .symbol(let symbol): BinaryOperator.allCases.first { $0.symbol == symbol }
        case .name("in"): .within
        default: nil
        }
    }

    private mutating func unary() throws(TextError) -> Expression {
        let start = next.position
        depth += 1
        defer { depth -= 1 }
        guard depth <= Expression.depthMax else { throw unexpected("fewer operators in a row") }
        if take("!") { return Expression(.unary(.not, try unary()), at: start) }
        if take("-") { return Expression(.unary(.negate, try unary()), at: start) }
        return try postfix()
    }

    private mutating func postfix() throws(TextError) -> Expression {
        var base = try primary()
        while true {
            if take(".") {
                let name = try name("a field or a method")
                base = try member(base, name)
            } else if take("[") {
                let index = try expression()
                try expect("]")
                base = Expression(.element(base, index), at: base.position)
            } else {
                return base
            }
        }
    }

    private mutating func member(
        _ base: Expression, _ name: Named
    ) throws(TextError) -> Expression {
        let position = base.position.through(name.position)
        guard take("(") else { return Expression(.field(base, name.name), at: position) }
        if let kind = Comprehension(name: name.name), case .name = next.kind,
            tokens[place + 1].kind == .symbol(",")
        {
            let variable = try self.name("a variable")
            try expect(",")
            let body = try expression()
            try expect(")")
            return Expression(
                .comprehension(kind, base, variable: variable.name, body), at: position)
        }
        return Expression(.method(base, name.name, try arguments(")")), at: position)
    }

    /// Expressions up to `close`, which is taken as well.
    private mutating func arguments(_ close: String) throws(TextError) -> [Expression] {
        var arguments: [Expression] = []
        if take(close) { return arguments }
        while true {
            arguments.append(try expression())
            if take(close) { return arguments }
            guard take(",") else { throw unexpected("',' or '\(close)'") }
        }
    }

    private mutating func primary() throws(TextError) -> Expression {
        let token = next
        place += 1
        switch token.kind {
        case .integer(let number):
            return Expression(.literal(.integer(number)), at: token.position)
        case .days(let days): return Expression(.literal(.period(days: days)), at: token.position)
        case .milliseconds(let length):
            return Expression(.literal(.duration(milliseconds: length)), at: token.position)
        case .text(let text): return Expression(.literal(.text(text)), at: token.position)
        case .name("true"): return Expression(.literal(.yes), at: token.position)
        case .name("false"): return Expression(.literal(.no), at: token.position)
        case .name(let name):
            guard take("(") else { return Expression(.name(name), at: token.position) }
            return Expression(.call(name, try arguments(")")), at: token.position)
        case .symbol("("):
            let inner = try expression()
            try expect(")")
            return inner
        case .symbol("["): return Expression(.list(try arguments("]")), at: token.position)
        default:
            place -= 1
            throw unexpected("a value")
        }
    }
}
