internal import Primitives

/// Finds out what every name in a rule means and what type every expression has.
///
/// Nodes are laid down children first, so that the engine runs them without looking up a name.
struct Checker {
    let schema: RuleSchema
    let predicates: [Predicate]
    /// The reasoning rules that may be asked, as they were written.
    let reasoning: [Derivation]
    /// Those that were asked.
    var derivations: [CheckedDerivation] = []
    /// The kinds that they derive, and for each kind of row the number of whom to ask about it.
    var derived: [(name: String, numbers: [Int])] = []
    /// Windows over facts that stand on rows of several kinds.
    var joined: [JoinedWindow] = []
    /// The names of those whose rows are being looked for, the innermost last.
    var openReasoning: [String] = []
    /// Those of them that are checked to the end.
    var wholeReasoning: Set<Int> = []
    /// What was wrong with them, by name.
    var brokenReasoning: [(name: String, error: RuleError)] = []
    /// The reasoning rule that is being checked; nil where it is the rule itself.
    var owner: Int?
    var nodes: [CheckedNode] = []
    var texts: [String] = []
    var patterns: [Pattern] = []
    var windows: [CheckedWindow] = []
    var bindings: [CheckedRule.NamedNode] = []
    var tables: [Int] = []
    var localCount = 0
    /// What names mean, the innermost last.
    var scope: [(name: String, meaning: Meaning)] = []
    /// The names of the rule's own that have no meaning yet, and those that could be given none.
    var laterNames: Set<String> = []
    var brokenNames: Set<String> = []
    /// How many loops over windows stand around the expression that is being checked.
    var depth = 0
    /// The predicates that are being put in, the innermost last.
    var active: [String] = []
    private var nesting = 0

    /// The most nodes that a rule has, all its predicates put in.
    static let nodeCountMax = 8_192
    static let windowCountMax = 64

    init(schema: RuleSchema, predicates: [Predicate] = [], reasoning: [Derivation] = []) {
        self.schema = schema
        self.predicates = predicates
        self.reasoning = reasoning
    }

    /// What a name stands for.
    enum Meaning {
        case row(RowMeaning)
        /// The fields of a row, which its window's conditions call by their names alone.
        case fields(RowMeaning)
        case local(Int, RuleType)
        case window(Int)
        case node(Int)
    }

    /// A row: how many loops over windows stand around it, and what it is.
    struct RowMeaning {
        let depth: Int
        /// One, or several of which only what all of them have can be asked.
        let sources: [RowKind]

        var kind: Int { sources.first?.kind ?? 0 }
    }

    /// Rows of a kind, or those of them that a reasoning rule makes its facts.
    struct RowKind {
        let kind: Int
        var derivation: Int?
    }

    /// A window over facts that stand on rows of several kinds: a window for each of them.
    struct JoinedWindow {
        let name: String
        let parts: [Int]
    }

    /// Lays down a node and returns its index.
    mutating func add(
        _ operation: CheckedNode.Operation, _ type: RuleType, _ source: Expression
    ) throws(RuleError) -> Int {
        guard nodes.count < Checker.nodeCountMax else {
            throw RuleError(
                .tooLarge("the size of the rule", limit: Checker.nodeCountMax),
                at: source.position)
        }
        nodes.append(CheckedNode(operation: operation, type: type, position: source.position))
        texts.append(source.description)
        return nodes.count - 1
    }

    func type(_ node: Int) -> RuleType { nodes[node].type }

    /// A type in the words that errors use.
    func words(_ type: RuleType) -> String {
        switch type {
        case .row(let kind): "a row of \(schema.kinds[kind].name)"
        case .window(let window):
            "a window of \(joined(window)?.name ?? schema.kinds[windows[window].kind].name)"
        default: "\(type)"
        }
    }

    mutating func check(_ expression: Expression) throws(RuleError) -> Int {
        nesting += 1
        defer { nesting -= 1 }
        guard nesting <= Expression.depthMax else {
            throw RuleError(
                .tooLarge(
                    "the nesting, in which each operator of a chain counts,",
                    limit: Expression.depthMax), at: expression.position)
        }
        switch expression.form {
        case .literal(let value): return try literal(value, expression)
        case .name(let name): return try named(name, expression)
        case .field(let base, let name): return try field(base, name, expression)
        case .element(let base, let index): return try element(base, index, expression)
        case .unary(let symbol, let operand): return try unary(symbol, operand, expression)
        case .binary(let symbol, let left, let right):
            return try binary(symbol, left, right, expression)
        case .conditional(let condition, let yes, let no):
            return try conditional(condition, yes, no, expression)
        case .call(let name, let arguments): return try call(name, arguments, expression)
        case .method(let base, let name, let arguments):
            return try method(base, name, arguments, expression)
        case .list(let elements): return try list(elements, expression)
        case .comprehension(let kind, let base, let variable, let body):
            return try comprehension(kind, base, variable, body, expression)
        }
    }

    /// Checks an expression that must have a type; `place` names it in the error.
    mutating func check(
        _ expression: Expression, as wanted: RuleType, _ place: String
    ) throws(RuleError) -> Int {
        let node = try check(expression)
        guard type(node).fits(wanted) else {
            throw RuleError(
                .wrongType(expected: "\(wanted)", found: words(type(node)), place: place),
                at: expression.position)
        }
        return node
    }

    private mutating func literal(
        _ value: Value, _ expression: Expression
    ) throws(RuleError) -> Int {
        let type: RuleType
        switch value {
        case .bool: type = .bool
        case .integer: type = .integer
        case .decimal: type = .decimal
        case .text: type = .text
        case .date: type = .date
        case .instant: type = .instant
        case .period: type = .period
        case .duration: type = .duration
        default:
            throw RuleError(
                .notHere("this constant", advice: "write it as text in a function"),
                at: expression.position)
        }
        return try add(.constant(value), type, expression)
    }

    private mutating func list(
        _ elements: [Expression], _ expression: Expression
    ) throws(RuleError) -> Int {
        var items: [Int] = []
        var element = RuleType.nothing
        for part in elements {
            let item = try check(part)
            guard type(item).fits(element) else {
                throw RuleError(
                    .wrongType(
                        expected: words(element), found: words(type(item)),
                        place: "every element of this list"), at: part.position)
            }
            if element == .nothing || element == .list(.nothing) { element = type(item) }
            items.append(item)
        }
        return try add(.list(items), .list(element), expression)
    }

    private mutating func element(
        _ base: Expression, _ index: Expression, _ expression: Expression
    ) throws(RuleError) -> Int {
        let list = try check(base)
        guard case .list(let element) = type(list) else {
            throw RuleError(
                .wrongType(
                    expected: "a list", found: words(type(list)),
                    place: "what stands before '['"), at: base.position)
        }
        let position = try check(index, as: .integer, "the number of an element")
        return try add(.element(list, position), element, expression)
    }

    private mutating func comprehension(
        _ kind: Comprehension, _ base: Expression, _ variable: String, _ body: Expression,
        _ expression: Expression
    ) throws(RuleError) -> Int {
        let list = try check(base)
        guard case .list(let element) = type(list) else {
            if case .window = type(list) {
                throw RuleError(
                    .notHere(
                        "a loop with a variable",
                        advice: "rows of a window are asked by their fields: any(days > 3)"),
                    at: expression.position)
            }
            throw RuleError(
                .wrongType(
                    expected: "a list", found: words(type(list)),
                    place: "what '\(kind.name)' goes through"), at: base.position)
        }
        let local = localCount
        localCount += 1
        scope.append((variable, .local(local, element)))
        defer { scope.removeLast() }
        let result: RuleType
        let inner: Int
        if kind == .map {
            inner = try check(body)
            result = .list(type(inner))
        } else {
            inner = try check(body, as: .bool, "the condition of '\(kind.name)'")
            result = kind == .filter ? .list(element) : .bool
        }
        return try add(
            .comprehension(kind, list: list, local: local, body: inner), result, expression)
    }
}
