internal import Primitives

/// The first item of an encoded expression or stretch.
private enum Tag: UInt64 {
    case literal = 0
    case name, field, element, unary, binary, conditional, call, method, list, comprehension
}

extension Expression {
    /// The longest text or name in a rule, in bytes.
    static let textByteCountMax = 4_096
    /// The most arguments or elements.
    static let argumentCountMax = 256

    /// Appends the expression, as `docs/formats/rule.md` has it.
    func encode(into writer: inout CBORWriter) {
        switch form {
        case .literal(let value):
            open(.literal, 2, &writer)
            value.encodeLiteral(into: &writer)
        case .name(let name):
            open(.name, 2, &writer)
            writer.text(name)
        case .field(let base, let name):
            open(.field, 3, &writer)
            base.encode(into: &writer)
            writer.text(name)
        case .element(let base, let index):
            open(.element, 3, &writer)
            base.encode(into: &writer)
            index.encode(into: &writer)
        case .unary(let symbol, let operand):
            open(.unary, 3, &writer)
            writer.unsigned(UInt64(symbol.rawValue))
            operand.encode(into: &writer)
        case .binary(let symbol, let left, let right):
            open(.binary, 4, &writer)
            writer.unsigned(UInt64(symbol.rawValue))
            left.encode(into: &writer)
            right.encode(into: &writer)
        case .conditional(let condition, let yes, let no):
            open(.conditional, 4, &writer)
            for part in [condition, yes, no] { part.encode(into: &writer) }
        case .call(let name, let arguments):
            open(.call, 3, &writer)
            writer.text(name)
            Expression.encode(arguments, into: &writer)
        case .method(let base, let name, let arguments):
            open(.method, 4, &writer)
            base.encode(into: &writer)
            writer.text(name)
            Expression.encode(arguments, into: &writer)
        case .list(let elements):
            open(.list, 2, &writer)
            Expression.encode(elements, into: &writer)
        case .comprehension(let kind, let base, let variable, let body):
            open(.comprehension, 5, &writer)
            writer.unsigned(UInt64(kind.rawValue))
            base.encode(into: &writer)
            writer.text(variable)
            body.encode(into: &writer)
        }
    }

    static func encode(_ expressions: [Expression], into writer: inout CBORWriter) {
        writer.array(expressions.count)
        for expression in expressions { expression.encode(into: &writer) }
    }

    private func open(_ tag: Tag, _ count: Int, _ writer: inout CBORWriter) {
        writer.array(count)
        writer.unsigned(tag.rawValue)
    }

    /// Reads one expression of at most ``depthMax`` levels.
    static func decode(
        from reader: inout CBORReader, depth: Int = 0
    ) throws(CBORError) -> Expression {
        let start = reader.offset
        guard depth < depthMax else {
            throw .outOfRange(offset: start, what: "nesting", limit: UInt64(depthMax))
        }
        let count = try reader.array(atMost: 5)
        let number = try reader.unsigned("form of expression", atMost: 10)
        guard let tag = Tag(rawValue: number), count == tag.itemCount else {
            throw .unexpected(
                offset: start, expected: "an expression", found: "an array of \(count)")
        }
        return Expression(try form(tag, &reader, depth + 1))
    }

    private static func form(
        _ tag: Tag, _ reader: inout CBORReader, _ depth: Int
    ) throws(CBORError) -> Form {
        switch tag {
        case .literal: return .literal(try Value.decodeLiteral(from: &reader))
        case .name: return .name(try name(&reader))
        case .field: return .field(try decode(from: &reader, depth: depth), try name(&reader))
        case .element:
            return .element(
                try decode(from: &reader, depth: depth), try decode(from: &reader, depth: depth))
        case .unary:
            return .unary(
                try symbol(&reader, UnaryOperator.init(rawValue:)),
                try decode(from: &reader, depth: depth))
        case .binary:
            return .binary(
                try symbol(&reader, BinaryOperator.init(rawValue:)),
                try decode(from: &reader, depth: depth), try decode(from: &reader, depth: depth))
        case .conditional:
            return .conditional(
                try decode(from: &reader, depth: depth), try decode(from: &reader, depth: depth),
                try decode(from: &reader, depth: depth))
        case .call: return .call(try name(&reader), try list(&reader, depth))
        case .method:
            return .method(
                try decode(from: &reader, depth: depth), try name(&reader),
                try list(&reader, depth))
        case .list: return .list(try list(&reader, depth))
        case .comprehension:
            return .comprehension(
                try symbol(&reader, Comprehension.init(rawValue:)),
                try decode(from: &reader, depth: depth), variable: try name(&reader),
                try decode(from: &reader, depth: depth))
        }
    }

    static func name(_ reader: inout CBORReader) throws(CBORError) -> String {
        try reader.text(atMost: textByteCountMax)
    }

    private static func list(
        _ reader: inout CBORReader, _ depth: Int
    ) throws(CBORError) -> [Expression] {
        var expressions: [Expression] = []
        for _ in 0..<(try reader.array(atMost: argumentCountMax)) {
            expressions.append(try decode(from: &reader, depth: depth))
        }
        return expressions
    }

    /// A small number that stands for a case of an enumeration.
    static func symbol<Symbol>(
        _ reader: inout CBORReader, _ make: (UInt8) -> Symbol?
    ) throws(CBORError) -> Symbol {
        let start = reader.offset
        let number = try reader.unsigned("symbol", atMost: 255)
        guard let symbol = make(UInt8(number)) else {
            throw .unexpected(
                offset: start, expected: "a number of this list", found: "the number \(number)")
        }
        return symbol
    }
}

extension Tag {
    /// How many items an encoded expression of this form has.
    var itemCount: Int {
        switch self {
        case .literal, .name, .list: 2
        case .field, .element, .unary, .call: 3
        case .binary, .conditional, .method: 4
        case .comprehension: 5
        }
    }
}
