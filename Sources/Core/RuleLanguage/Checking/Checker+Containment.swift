/// `during` and `covering`: what rows that overlap a stretch must hold beside that.
extension Checker {
    /// The condition on the rows of a window: what it says, after what its stretch asks.
    func condition(of phrase: WindowPhrase, _ kind: Int) throws(RuleError) -> Expression? {
        let asked: Expression
        switch phrase.stretch {
        case .during(let first, let last):
            let (start, end, isKnown) = try ends(of: phrase, kind)
            let inside = both(
                compare(day(start, first, kind), .greaterOrEqual, day(first, start, kind)),
                compare(day(end, last, kind), .lessOrEqual, day(last, end, kind)))
            // A row that goes on lies within nothing.
            asked = isKnown.map { both($0, inside) } ?? inside
        case .covering(let first, let last):
            let (start, end, isKnown) = try ends(of: phrase, kind)
            let reaches = compare(
                day(end, last, kind), .greaterOrEqual, day(last, end, kind))
            let goesOn = isKnown.map {
                Expression(
                    .binary(
                        .or, Expression(.unary(.not, $0), at: phrase.position), reaches),
                    at: phrase.position)
            }
            asked = both(
                compare(day(start, first, kind), .lessOrEqual, day(first, start, kind)),
                goesOn ?? reaches)
        default: return phrase.filter
        }
        return phrase.filter.map { both(asked, $0) } ?? asked
    }

    /// First and last moment of a row, and whether it has a last one, where that is in question.
    private func ends(
        of phrase: WindowPhrase, _ kind: Int
    ) throws(RuleError) -> (start: Expression, end: Expression, isKnown: Expression?) {
        let schema = schema.kinds[kind]
        let position = phrase.position
        func name(_ text: String) -> Expression { Expression(.name(text), at: position) }
        if let first = phrase.times.first {
            let last = phrase.times.count > 1 ? name(phrase.times[1]) : name(first)
            return (name(first), last, nil)
        }
        guard let times = schema.times else {
            throw RuleError(.noTimes(kind: phrase.kind), at: position)
        }
        let start = name(times.start)
        switch times.end {
        case .start: return (start, start, nil)
        case .field(let field):
            return (start, name(field), Expression(.call("known", [name(field)]), at: position))
        case .days(let field):
            let period = Expression(.call("period", [name(field)]), at: position)
            let after = Expression(.binary(.add, start, period), at: position)
            let day = Expression(.literal(.period(days: 1)), at: position)
            return (start, Expression(.binary(.subtract, after, day), at: position), nil)
        }
    }

    private func both(_ left: Expression, _ right: Expression) -> Expression {
        Expression(.binary(.and, left, right), at: left.position)
    }

    private func compare(
        _ left: Expression, _ symbol: BinaryOperator, _ right: Expression
    ) -> Expression {
        Expression(.binary(symbol, left, right), at: right.position)
    }

    /// The day of a moment that is compared with a date; the moment itself beside another.
    private func day(_ moment: Expression, _ other: Expression, _ kind: Int) -> Expression {
        guard isDate(other, kind), !isDate(moment, kind) else { return moment }
        return Expression(.call("date", [moment]), at: moment.position)
    }

    /// Whether an expression over a row of a kind is a date; what is wrong is told later.
    private func isDate(_ expression: Expression, _ kind: Int) -> Bool {
        var probe = self
        probe.depth += 1
        let row = RowMeaning(depth: probe.depth, sources: [RowKind(kind: kind)])
        probe.scope.append(("", .fields(row)))
        return (try? probe.check(expression)).map { probe.type($0) == .date } ?? false
    }
}
