internal import Primitives

extension WindowPhrase {
    /// Appends the window, as `docs/formats/rule.md` has it.
    func encode(into writer: inout CBORWriter) {
        writer.array(6)
        writer.text(kind)
        writer.array(times.count)
        for time in times { writer.text(time) }
        writer.array(keys.count)
        for key in keys {
            writer.array(2)
            if let field = key.field { writer.text(field) } else { writer.null() }
            key.value.encode(into: &writer)
        }
        if let stretch { stretch.encode(into: &writer) } else { writer.null() }
        writer.unsigned(UInt64(order.rawValue))
        if let filter { filter.encode(into: &writer) } else { writer.null() }
    }

    static func decode(from reader: inout CBORReader) throws(CBORError) -> WindowPhrase {
        try reader.array(exactly: 6)
        let kind = try Expression.name(&reader)
        var times: [String] = []
        for _ in 0..<(try reader.array(atMost: 2)) { times.append(try Expression.name(&reader)) }
        var keys: [Key] = []
        for _ in 0..<(try reader.array(atMost: 3)) {
            try reader.array(exactly: 2)
            let field = try reader.isNull() ? nil : try Expression.name(&reader)
            keys.append(Key(field: field, value: try Expression.decode(from: &reader)))
        }
        let stretch = try reader.isNull() ? nil : try Stretch.decode(from: &reader)
        let order = try Expression.symbol(&reader, Order.init(rawValue:))
        let filter = try reader.isNull() ? nil : try Expression.decode(from: &reader)
        return WindowPhrase(
            kind: kind, position: .none, times: times, keys: keys, stretch: stretch,
            order: order, filter: filter)
    }
}

extension WindowPhrase.Stretch {
    /// The number that opens the stretch, and its expressions.
    private var parts: (UInt64, [Expression]) {
        switch self {
        case .withinBefore(let a, let b): (0, [a, b])
        case .withinUpTo(let a, let b): (1, [a, b])
        case .withinAfter(let a, let b): (2, [a, b])
        case .withinFrom(let a, let b): (3, [a, b])
        case .withinAround(let a, let b): (4, [a, b])
        case .before(let a): (5, [a])
        case .upTo(let a): (6, [a])
        case .after(let a): (7, [a])
        case .from(let a): (8, [a])
        case .between(let a, let b): (9, [a, b])
        case .on(let a): (10, [a])
        case .overlapping(let a): (11, [a])
        case .overlappingRange(let a, let b): (12, [a, b])
        case .during(let a, let b): (13, [a, b])
        case .covering(let a, let b): (14, [a, b])
        }
    }

    func encode(into writer: inout CBORWriter) {
        let (tag, expressions) = parts
        writer.array(expressions.count + 1)
        writer.unsigned(tag)
        for expression in expressions { expression.encode(into: &writer) }
    }

    static func decode(
        from reader: inout CBORReader
    ) throws(CBORError) -> WindowPhrase.Stretch {
        let start = reader.offset
        let count = try reader.array(atMost: 3)
        let tag = try reader.unsigned("form of stretch", atMost: 14)
        guard count > 1 else {
            throw .unexpected(offset: start, expected: "a stretch", found: "an array of 1")
        }
        let a = try Expression.decode(from: &reader)
        if count == 2 {
            switch tag {
            case 5: return .before(a)
            case 6: return .upTo(a)
            case 7: return .after(a)
            case 8: return .from(a)
            case 10: return .on(a)
            case 11: return .overlapping(a)
            default: throw .unexpected(offset: start, expected: "a stretch", found: "form \(tag)")
            }
        }
        let b = try Expression.decode(from: &reader)
        switch tag {
        case 0: return .withinBefore(a, b)
        case 1: return .withinUpTo(a, b)
        case 2: return .withinAfter(a, b)
        case 3: return .withinFrom(a, b)
        case 4: return .withinAround(a, b)
        case 9: return .between(a, b)
        case 12: return .overlappingRange(a, b)
        case 13: return .during(a, b)
        case 14: return .covering(a, b)
        default: throw .unexpected(offset: start, expected: "a stretch", found: "form \(tag)")
        }
    }
}
