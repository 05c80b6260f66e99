/// An expression as it was written, with CEL's meaning, before its names and types are known.
public struct Expression: Sendable {
    public indirect enum Form: Sendable {
        case literal(Value)
        case name(String)
        case field(Expression, String)
        case element(Expression, Expression)
        case unary(UnaryOperator, Expression)
        case binary(BinaryOperator, Expression, Expression)
        case conditional(Expression, Expression, Expression)
        case call(String, [Expression])
        case method(Expression, String, [Expression])
        case list([Expression])
        case comprehension(Comprehension, Expression, variable: String, Expression)
    }

    public let form: Form
    public let position: SourcePosition

    /// How deep expressions may nest.
    public static let depthMax = 64

    public init(_ form: Form, at position: SourcePosition = .none) {
        self.form = form
        self.position = position
    }
}

extension Expression: CustomStringConvertible {
    /// The expression written in one way, whatever spaces and brackets its source had.
    public var description: String { text(binding: 0) }

    private func text(binding outer: Int) -> String {
        switch form {
        case .literal(let value): return value.source
        case .name(let name): return name
        case .field(let base, let name): return "\(base.text(binding: 9)).\(name)"
        case .element(let base, let index): return "\(base.text(binding: 9))[\(index)]"
        case .unary(let symbol, let operand):
            return bracketed(symbol.symbol + operand.text(binding: 8), 8, outer)
        case .binary(let symbol, let left, let right):
            let level = symbol.precedence
            let text = "\(left.text(binding: level)) \(symbol.symbol) "
            return bracketed(text + right.text(binding: level + 1), level, outer)
        case .conditional(let condition, let yes, let no):
            let text = "\(condition.text(binding: 1)) ? \(yes.text(binding: 1)) : \(no)"
            return outer > 0 ? "(\(text))" : text
        case .call(let name, let arguments): return "\(name)(\(Expression.list(arguments)))"
        case .method(let base, let name, let arguments):
            return "\(base.text(binding: 9)).\(name)(\(Expression.list(arguments)))"
        case .list(let elements): return "[\(Expression.list(elements))]"
        case .comprehension(let kind, let base, let variable, let body):
            return "\(base.text(binding: 9)).\(kind.name)(\(variable), \(body))"
        }
    }

    private func bracketed(_ text: String, _ level: Int, _ outer: Int) -> String {
        level < outer ? "(\(text))" : text
    }

    private static func list(_ expressions: [Expression]) -> String {
        expressions.map(\.description).joined(separator: ", ")
    }
}
