public import RuleLanguage

/// Reads rules, predicates and reasoning rules from their YAML files (docs/rules.md).
public struct RuleReader: Sendable {
    /// The names of the kinds of facts: what tells a window from a value.
    let kinds: Set<String>

    /// A reader of rules about these kinds, and about the facts of the reasoning rules so named.
    public init(schema: RuleSchema, reasoning: [String] = []) {
        kinds = Set(schema.kinds.map(\.name) + reasoning)
    }

    /// The rule in a file; of predicates and reasoning rules it takes those that it uses, and those
    /// that they use.
    public func rule(
        _ text: String, file: String, predicates: [Predicate], reasoning: [Derivation] = []
    ) throws(SourceError) -> Rule {
        try located(file) { () throws(TextError) in
            try rule(
                try Document(text),
                UsedDefinitions(predicates: predicates, reasoning: reasoning))
        }
    }

    /// The predicate in a file.
    public func predicate(_ text: String, file: String) throws(SourceError) -> Predicate {
        try located(file) { () throws(TextError) in try predicate(try Document(text)) }
    }

    /// The reasoning rule in a file.
    public func derivation(_ text: String, file: String) throws(SourceError) -> Derivation {
        try located(file) { () throws(TextError) in try derivation(try Document(text)) }
    }

    /// The name of the reasoning rule in a file, which others may ask before it is read; nil where
    /// it says none.
    public static func reasoningName(_ text: String) -> String? {
        guard let fields = try? Document(text).fields() else { return nil }
        return try? fields.first { $0.name.name == "derives" }?.value.text()
    }

    private func located<Value>(
        _ file: String, _ body: () throws(TextError) -> Value
    ) throws(SourceError) -> Value {
        do throws(TextError) {
            return try body()
        } catch {
            throw SourceError(file: file, position: error.position, message: error.message)
        }
    }

    static let fieldNames =
        [
            "id", "title", "status", "level", "result", "basis", "each", "where", "with", "when",
            "except", "subject", "violating", "involved", "amount", "say", "tests",
        ] + RuleAttribute.allCases.map(\.name)

    private func rule(
        _ document: Document, _ definitions: UsedDefinitions
    ) throws(TextError) -> Rule {
        let fields = RuleFields(try document.fields(Self.fieldNames), in: document)
        let (kind, variable) = try each(try fields.required("each"))
        let filter = try fields["where"].map(expression)
        let bindings = try fields["with"].map(bindings) ?? []
        let condition = try expression(try fields.required("when"))
        let exceptions = try fields["except"].map(expressions) ?? []
        let subject = try expression(try fields.required("subject"))
        let amount = try fields["amount"].map(expression)
        let say = try fields.required("say")
        let reason = try ReasonParser.parts(
            try say.text(), at: say.position, places: say.places)
        var used = definitions
        used.note(kind: kind.name)
        for expression in [filter, condition, subject, amount].compactMap(\.self) + exceptions {
            used.note(expression)
        }
        for binding in bindings { used.note(binding) }
        for case .value(let value) in reason { used.note(value) }
        return Rule(
            header: try HeaderReader.header(fields), kind: kind, variable: variable,
            filter: filter, bindings: bindings, condition: condition, exceptions: exceptions,
            subject: subject,
            violating: try fields["violating"].map(names) ?? [variable],
            involved: try fields["involved"].map(names) ?? [], amount: amount, reason: reason,
            predicates: used.predicates, derivations: used.reasoning)
    }

    static let reasoningFieldNames = [
        "derives", "rule", "description", "each", "where", "with", "when", "gives",
    ]

    private func derivation(_ document: Document) throws(TextError) -> Derivation {
        let fields = RuleFields(try document.fields(Self.reasoningFieldNames), in: document)
        let name = try fields.required("derives")
        let rule = fields["rule"]
        let (kind, variable) = try each(try fields.required("each"))
        let filter = try fields["where"].map(expression)
        let bindings = try fields["with"].map(bindings) ?? []
        let condition = try fields["when"].map(expression)
        var gives: [Derivation.Given] = []
        for (name, value) in try fields["gives"]?.fields() ?? [] {
            gives.append(Derivation.Given(name: name, value: try expression(value)))
        }
        return Derivation(
            name: Named(try name.text(), at: name.position),
            rule: try rule.map { rule throws(TextError) in
                Named(try rule.text(), at: rule.position)
            }, kind: kind, variable: variable, filter: filter, bindings: bindings,
            condition: condition, gives: gives)
    }

    private func predicate(_ document: Document) throws(TextError) -> Predicate {
        let known = ["predicate", "description", "takes", "with", "holds"]
        let fields = RuleFields(try document.fields(known), in: document)
        let name = try fields.required("predicate")
        var parameters: [Predicate.Parameter] = []
        for (parameter, type) in try fields.required("takes").fields() {
            parameters.append(
                Predicate.Parameter(
                    name: parameter, type: Named(try type.text(), at: type.position)))
        }
        return Predicate(
            name: Named(try name.text(), at: name.position), parameters: parameters,
            bindings: try fields["with"].map(bindings) ?? [],
            condition: try expression(try fields.required("holds")))
    }

    /// `KIND as NAME`.
    private func each(_ document: Document) throws(TextError) -> (kind: Named, variable: Named) {
        var parser = try ExpressionParser(
            try document.text(), at: document.position, places: document.places)
        let kind = try parser.name("a kind of fact")
        guard parser.take(word: "as") else { throw parser.unexpected("'as' and a name") }
        let variable = try parser.name("a name for the row")
        try parser.expectEnd()
        return (kind, variable)
    }

    private func expression(_ document: Document) throws(TextError) -> Expression {
        try ExpressionParser.expression(
            try document.text(), at: document.position, places: document.places)
    }

    private func expressions(_ document: Document) throws(TextError) -> [Expression] {
        var expressions: [Expression] = []
        for item in try document.items() { expressions.append(try expression(item)) }
        return expressions
    }

    private func bindings(_ document: Document) throws(TextError) -> [Binding] {
        var bindings: [Binding] = []
        for (name, value) in try document.fields() {
            if value.isList {
                bindings.append(Binding(name: name, content: .value(try decision(value))))
                continue
            }
            let text = try value.text()
            let window = try ExpressionParser.window(
                text, at: value.position, places: value.places, kinds: kinds)
            let content: Binding.Content
            if let window {
                content = .window(window)
            } else {
                content = .value(try expression(value))
            }
            bindings.append(Binding(name: name, content: content))
        }
        return bindings
    }

    /// A decision table: rows of `when` and `is`, of which the first that holds gives the value;
    /// the last has no `when`.
    private func decision(_ document: Document) throws(TextError) -> Expression {
        var decided: Expression?
        for row in try document.items().reversed() {
            let fields = RuleFields(try row.fields(["when", "is"]), in: row)
            let value = try expression(try fields.required("is"))
            switch (fields["when"], decided) {
            case (nil, nil): decided = value
            case (let when?, let rest?):
                let condition = try expression(when)
                decided = Expression(.conditional(condition, value, rest), at: condition.position)
            case (nil, _):
                throw row.error("only the last row of a decision stands without 'when'")
            case (_, nil):
                throw row.error("the last row of a decision says what is so else, without 'when'")
            }
        }
        guard let decided else { throw document.error("a decision has at least one row") }
        return decided
    }

    /// One name, or a list of them.
    private func names(_ document: Document) throws(TextError) -> [Named] {
        guard document.isList else { return [Named(try document.text(), at: document.position)] }
        var names: [Named] = []
        for item in try document.items() {
            names.append(Named(try item.text(), at: item.position))
        }
        return names
    }
}

/// The fields of a rule by their names.
struct RuleFields {
    private let fields: [(name: Named, value: Document)]
    private let document: Document

    init(_ fields: [(name: Named, value: Document)], in document: Document) {
        self.fields = fields
        self.document = document
    }

    subscript(name: String) -> Document? {
        fields.first { $0.name.name == name }?.value
    }

    func required(_ name: String) throws(TextError) -> Document {
        guard let value = self[name] else {
            throw document.error("the field '\(name)' is missing")
        }
        return value
    }
}
