internal import Primitives

extension Checker {
    mutating func stretch(
        _ stretch: WindowPhrase.Stretch, kind: Int, times: CheckedWindow.Times,
        _ position: SourcePosition
    ) throws(RuleError) -> CheckedWindow.Stretch {
        let rows = Rows(
            kind: schema.kinds[kind],
            start: schema.kinds[kind].fields.first { $0.number == times.start })
        switch stretch {
        case .withinBefore(let length, let point):
            return try within(length, point, back: (0, -1), forth: nil, rows)
        case .withinUpTo(let length, let point):
            return try within(length, point, back: (1, 0), forth: nil, rows)
        case .withinAfter(let length, let point):
            return try within(length, point, back: nil, forth: (1, 0), rows)
        case .withinFrom(let length, let point):
            return try within(length, point, back: nil, forth: (0, -1), rows)
        case .withinAround(let length, let point):
            return try within(length, point, back: (0, 0), forth: (0, 0), rows)
        case .before(let point): return try range(nil, point, highOffset: -1, rows)
        case .upTo(let point): return try range(nil, point, rows)
        case .after(let point): return try range(point, nil, lowOffset: 1, rows)
        case .from(let point): return try range(point, nil, rows)
        case .between(let first, let last): return try range(first, last, rows)
        case .on(let point):
            let node = try moment(point)
            let end = CheckedWindow.End(node: node, offset: 0, openWhereUnknown: false)
            return CheckedWindow.Stretch(low: end, high: end, grain: .day, overlaps: false)
        case .overlapping(let what): return try overlapping(what, rows)
        case .overlappingRange(let first, let last), .during(let first, let last),
            .covering(let first, let last):
            return try range(first, last, overlaps: true, rows)
        }
    }

    /// The rows that a stretch is laid over.
    struct Rows {
        let kind: KindSchema
        let start: KindSchema.Field?

        var haveClock: Bool { start?.type == .instant }
    }

    /// A point in time; a row's fields and dates are such.
    private mutating func moment(_ expression: Expression) throws(RuleError) -> Int {
        let node = try check(expression)
        guard type(node) == .date || type(node) == .instant else {
            throw RuleError(
                .wrongType(
                    expected: "a date or an instant", found: words(type(node)),
                    place: "the end of a window"), at: expression.position)
        }
        return node
    }

    private func grain(
        _ isClock: Bool, _ rows: Rows, _ position: SourcePosition
    ) throws(RuleError) -> CheckedWindow.Grain {
        guard isClock else { return .day }
        guard rows.haveClock else {
            throw RuleError(
                .onlyDays(kind: rows.kind.name, field: rows.start?.name ?? "time"), at: position)
        }
        return .millisecond
    }

    private mutating func within(
        _ length: Expression, _ point: Expression, back: (Int64, Int64)?,
        forth: (Int64, Int64)?, _ rows: Rows
    ) throws(RuleError) -> CheckedWindow.Stretch {
        let span = try check(length)
        guard type(span) == .period || type(span) == .duration else {
            throw RuleError(
                .wrongType(
                    expected: "a length of time such as 30d or 2h", found: words(type(span)),
                    place: "what stands after 'within'"), at: length.position)
        }
        let isClock = type(span) == .duration
        let grain = try grain(isClock, rows, length.position)
        var anchor = try moment(point)
        if isClock, type(anchor) == .date {
            throw RuleError(
                .wrongType(
                    expected: "an instant, because the window is in hours", found: "date",
                    place: "the point of the window"), at: point.position)
        }
        if !isClock, type(anchor) == .instant {
            anchor = try add(.function(.toDate, [anchor]), .date, point)
        }
        let result = type(anchor)
        var low = (node: anchor, offset: Int64(0))
        var high = (node: anchor, offset: Int64(0))
        if let back {
            let node = try add(.arithmetic(.subtract, anchor, span), result, point)
            low = (node, back.0)
            if forth == nil { high.offset = back.1 }
        }
        if let forth {
            let node = try add(.arithmetic(.add, anchor, span), result, point)
            high = (node, forth.1)
            if back == nil { low.offset = forth.0 }
        }
        return CheckedWindow.Stretch(
            low: CheckedWindow.End(node: low.node, offset: low.offset, openWhereUnknown: false),
            high: CheckedWindow.End(node: high.node, offset: high.offset, openWhereUnknown: false),
            grain: grain, overlaps: false)
    }

    private mutating func range(
        _ first: Expression?, _ last: Expression?, lowOffset: Int64 = 0, highOffset: Int64 = 0,
        overlaps: Bool = false, _ rows: Rows
    ) throws(RuleError) -> CheckedWindow.Stretch {
        var isClock = rows.haveClock
        var low: CheckedWindow.End?
        var high: CheckedWindow.End?
        if let first {
            let node = try moment(first)
            isClock = isClock && type(node) == .instant
            low = CheckedWindow.End(node: node, offset: lowOffset, openWhereUnknown: false)
        }
        if let last {
            let node = try moment(last)
            isClock = isClock && type(node) == .instant
            high = CheckedWindow.End(node: node, offset: highOffset, openWhereUnknown: false)
        }
        return CheckedWindow.Stretch(
            low: low, high: high, grain: isClock ? .millisecond : .day, overlaps: overlaps)
    }

    /// The stretch of a named row, or a single point in time.
    private mutating func overlapping(
        _ what: Expression, _ rows: Rows
    ) throws(RuleError) -> CheckedWindow.Stretch {
        guard case .name(let name) = what.form, let row = row(named: name) else {
            return try range(what, what, overlaps: true, rows)
        }
        let schema = schema.kinds[row.kind]
        guard let times = schema.times else {
            throw RuleError(.noTimes(kind: schema.name), at: what.position)
        }
        let start = try check(
            Expression(.field(what, times.start), at: what.position))
        let isClock = rows.haveClock && type(start) == .instant
        let low = CheckedWindow.End(node: start, offset: 0, openWhereUnknown: false)
        let high: CheckedWindow.End
        switch times.end {
        case .start: high = low
        case .field(let name):
            let node = try check(Expression(.field(what, name), at: what.position))
            high = CheckedWindow.End(node: node, offset: 0, openWhereUnknown: true)
        case .days(let name):
            let days = try check(Expression(.field(what, name), at: what.position))
            let period = try add(.function(.period, [days]), .period, what)
            let node = try add(.arithmetic(.add, start, period), .date, what)
            high = CheckedWindow.End(node: node, offset: -1, openWhereUnknown: false)
        }
        return CheckedWindow.Stretch(
            low: low, high: high, grain: isClock ? .millisecond : .day, overlaps: true)
    }
}
