internal import Primitives
internal import RuleLanguage

/// Goes through a rule and finds its thresholds, or moves one of them.
///
/// A threshold is a length of time, a decimal, a whole number next to `<`, `<=`, `>` or `>=`, a
/// limit, or a column of numbers that a look-up reads. Numbers that are compared for equality are
/// names of something, and scales of a rounding are none either.
struct ThresholdPass {
    /// Whether a threshold becomes smaller or larger.
    enum Direction: CaseIterable {
        case down
        case up
    }

    /// Which of the constants is moved, by its place; nil: they are only listed.
    var target: Int?
    var direction = Direction.up
    /// The constants in the order of the rule, as they are and as they become.
    private(set) var constants: [(from: String, to: String)] = []
    private(set) var limits: [String] = []
    /// `table.column` of every look-up that is not compared for equality.
    private(set) var columns: [String] = []

    mutating func rule(_ rule: Rule) -> Rule {
        Rule(
            header: rule.header, kind: rule.kind, variable: rule.variable,
            filter: rule.filter.map { expression($0) }, bindings: rule.bindings.map { binding($0) },
            condition: expression(rule.condition),
            exceptions: rule.exceptions.map { expression($0) }, subject: rule.subject,
            violating: rule.violating, involved: rule.involved, amount: rule.amount,
            reason: rule.reason, predicates: rule.predicates.map { predicate($0) },
            derivations: rule.derivations.map { derivation($0) })
    }

    private mutating func derivation(_ derivation: Derivation) -> Derivation {
        Derivation(
            name: derivation.name, rule: derivation.rule, kind: derivation.kind,
            variable: derivation.variable,
            filter: derivation.filter.map { expression($0) },
            bindings: derivation.bindings.map { binding($0) },
            condition: derivation.condition.map { expression($0) },
            gives: derivation.gives.map { given in
                Derivation.Given(name: given.name, value: expression(given.value))
            })
    }

    private mutating func predicate(_ predicate: Predicate) -> Predicate {
        Predicate(
            name: predicate.name, parameters: predicate.parameters,
            bindings: predicate.bindings.map { binding($0) },
            condition: expression(predicate.condition))
    }

    private mutating func binding(_ binding: Binding) -> Binding {
        switch binding.content {
        case .value(let value): Binding(name: binding.name, content: .value(expression(value)))
        case .window(let window):
            Binding(
                name: binding.name,
                content: .window(
                    WindowPhrase(
                        kind: window.kind, position: window.position, times: window.times,
                        keys: window.keys.map { key in
                            WindowPhrase.Key(field: key.field, value: expression(key.value))
                        },
                        stretch: window.stretch.map { stretch($0) }, order: window.order,
                        filter: window.filter.map { expression($0) })))
        }
    }

    private mutating func stretch(_ stretch: WindowPhrase.Stretch) -> WindowPhrase.Stretch {
        switch stretch {
        case .withinBefore(let a, let b): .withinBefore(expression(a), expression(b))
        case .withinUpTo(let a, let b): .withinUpTo(expression(a), expression(b))
        case .withinAfter(let a, let b): .withinAfter(expression(a), expression(b))
        case .withinFrom(let a, let b): .withinFrom(expression(a), expression(b))
        case .withinAround(let a, let b): .withinAround(expression(a), expression(b))
        case .before(let a): .before(expression(a))
        case .upTo(let a): .upTo(expression(a))
        case .after(let a): .after(expression(a))
        case .from(let a): .from(expression(a))
        case .between(let a, let b): .between(expression(a), expression(b))
        case .on(let a): .on(expression(a))
        case .overlapping(let a): .overlapping(expression(a))
        case .overlappingRange(let a, let b): .overlappingRange(expression(a), expression(b))
        case .during(let a, let b): .during(expression(a), expression(b))
        case .covering(let a, let b): .covering(expression(a), expression(b))
        }
    }

    /// What stands around an expression.
    private enum Context {
        case any
        /// Beside `<`, `<=`, `>` or `>=`.
        case bound
        /// Beside `==`, `!=` or `in`, or a number of digits.
        case name
    }

    private mutating func expression(
        _ expression: Expression, _ context: Context = .any
    )
        -> Expression
    {
        let position = expression.position
        switch expression.form {
        case .literal(let value): return literal(value, expression, context)
        case .name: return expression
        case .field(let base, let name):
            return Expression(.field(self.expression(base), name), at: position)
        case .element(let base, let index):
            return Expression(
                .element(self.expression(base), self.expression(index, .name)), at: position)
        case .unary(let symbol, let operand):
            return Expression(.unary(symbol, self.expression(operand, context)), at: position)
        case .binary(let symbol, let left, let right):
            let inner = self.context(of: symbol, in: context)
            return Expression(
                .binary(symbol, self.expression(left, inner), self.expression(right, inner)),
                at: position)
        case .conditional(let test, let yes, let no):
            return Expression(
                .conditional(
                    self.expression(test), self.expression(yes, context),
                    self.expression(no, context)), at: position)
        case .call(let name, let arguments): return call(name, arguments, expression, context)
        case .method(let base, let name, let arguments):
            return Expression(
                .method(self.expression(base), name, arguments.map { self.expression($0) }),
                at: position)
        case .list(let elements):
            return Expression(
                .list(elements.map { self.expression($0, context) }), at: position)
        case .comprehension(let kind, let base, let variable, let body):
            return Expression(
                .comprehension(
                    kind, self.expression(base), variable: variable, self.expression(body)),
                at: position)
        }
    }

    private func context(of symbol: BinaryOperator, in outer: Context) -> Context {
        switch symbol {
        case .less, .lessOrEqual, .greater, .greaterOrEqual: .bound
        case .equal, .notEqual, .within: .name
        case .and, .or: .any
        default: outer
        }
    }

    private mutating func call(
        _ name: String, _ arguments: [Expression], _ expression: Expression, _ context: Context
    ) -> Expression {
        if let first = arguments.first, case .literal(.text(let text)) = first.form {
            switch name {
            case "limit": if !limits.contains(text) { limits.append(text) }
            case "lookup":
                if context != .name, !columns.contains(text) { columns.append(text) }
            case "decimal":
                guard let number = ExactDecimal(text) else { break }
                let moved = ThresholdPass.move(number, direction)
                guard note("decimal('\(text)')", "decimal('\(moved)')") else { break }
                return Expression(
                    .call(name, [Expression(.literal(.text("\(moved)")), at: first.position)]),
                    at: expression.position)
            default: break
            }
        }
        // The last argument of these is a number of digits, or what stands for nothing.
        let plain = ["divide", "round", "otherwise"].contains(name)
        let changed = arguments.enumerated().map { place, argument in
            self.expression(argument, plain && place == arguments.count - 1 ? .name : .any)
        }
        return Expression(.call(name, changed), at: expression.position)
    }

    private mutating func literal(
        _ value: Value, _ expression: Expression, _ context: Context
    ) -> Expression {
        let moved: Value
        switch value {
        case .period(let days): moved = .period(days: ThresholdPass.move(days, direction))
        case .duration(let length):
            moved = .duration(milliseconds: ThresholdPass.move(length, direction))
        case .integer(let number) where context == .bound:
            moved = .integer(ThresholdPass.move(number, direction))
        default: return expression
        }
        guard note(value.source, moved.source) else { return expression }
        return Expression(.literal(moved), at: expression.position)
    }

    /// Lists a constant, and says whether it is the one to be moved.
    private mutating func note(_ from: String, _ to: String) -> Bool {
        constants.append((from, to))
        return constants.count - 1 == target
    }

    /// A fifth less or more, and at least one.
    static func move(_ number: Int64, _ direction: Direction) -> Int64 {
        let fifth = max(1, (number.magnitude + 4) / 5)
        let step = Int64(clamping: fifth)
        let (moved, overflow) =
            direction == .up
            ? number.addingReportingOverflow(step) : number.subtractingReportingOverflow(step)
        return overflow ? number : moved
    }

    /// A fifth less or more; where it is a whole number, at least one.
    static func move(_ number: ExactDecimal, _ direction: Direction) -> ExactDecimal {
        if number.scale == 0 { return ExactDecimal(move(number.coefficient, direction)) }
        let factor = ExactDecimal(coefficient: direction == .up ? 12 : 8, scale: 1)
        return factor.flatMap { ExactMath.multiply(number, $0) } ?? number
    }
}
