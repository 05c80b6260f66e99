internal import Cryptography
public import Primitives

extension Rule {
    /// Checks every name and type.
    ///
    /// - Throws: ``RuleErrors`` with everything that is wrong, in the order of the rule's parts.
    public func check(against schema: RuleSchema) throws(RuleErrors) -> CheckedRule {
        var pass = RulePass(
            checker: Checker(
                schema: schema, predicates: predicates, reasoning: derivations))
        guard let checked = pass.run(self) else { throw RuleErrors(pass.errors) }
        return checked
    }

    /// The hash that names this rule with all the predicates that it uses.
    ///
    /// SHA-256("custos rule" ‖ canonical bytes); `docs/formats/rule.md`.
    public var hash: Digest {
        var hasher = SHA256.Hasher()
        hasher.update("custos rule")
        hasher.update(encode())
        return hasher.finish()
    }
}

/// Checks the parts of a rule one after another and gathers what is wrong with each.
private struct RulePass {
    var checker: Checker
    var errors: [RuleError] = []

    mutating func run(_ rule: Rule) -> CheckedRule? {
        guard
            let source = attempt({ c throws(RuleError) in try c.judged(rule.kind) })
        else { return nil }
        let (kind, derivation) = (source.kind, source.derivation)
        let row = Checker.RowMeaning(depth: 0, sources: [source])
        checker.scope = [(rule.variable.name, .row(row))]
        var filter = rule.filter.flatMap { condition($0, "what stands after 'where:'") }
        if let derivation {
            filter = attempt { c throws(RuleError) in
                try c.derives(derivation, rule.kind, and: filter)
            }
        }
        checker.laterNames = Set(rule.bindings.map(\.name.name))
        for binding in rule.bindings { bind(binding) }
        let when = condition(rule.condition, "what stands after 'when:'")
        let exceptions = rule.exceptions.compactMap { exception in
            condition(exception, "an exception").map {
                CheckedRule.NamedNode(name: exception.description, node: $0)
            }
        }
        let subject = subject(rule.subject)
        let violating = rule.violating.flatMap { rowSources($0, rule) }
        let involved = rule.involved.flatMap { rowSources($0, rule) }
        let amount = rule.amount.flatMap { amount in
            attempt { c throws(RuleError) in try c.check(amount, as: .money, "the amount") }
        }
        let reason = rule.reason.compactMap { part($0) }
        if errors.isEmpty { _ = attempt { c throws(RuleError) in try c.stratify() } }
        guard errors.isEmpty, let when, let subject else { return nil }
        let roots =
            [filter, when, amount].compactMap { $0 } + exceptions.map(\.node)
            + checker.bindings.map(\.node)
        return CheckedRule(
            rule: rule, hash: rule.hash, kind: kind, derivation: derivation, nodes: checker.nodes,
            texts: checker.texts,
            patterns: checker.patterns, windows: checker.windows, bindings: checker.bindings,
            filter: filter, condition: when, exceptions: exceptions, subject: subject,
            violating: violating, involved: involved, amount: amount, reason: reason,
            values: values(rule), tables: tables,
            conditions: conditions(rule, filter: filter, when: when, exceptions: exceptions),
            derivations: checker.derivations, localCount: checker.localCount,
            cost: CostEstimate(
                nodes: checker.nodes, windows: checker.windows, derivations: checker.derivations
            ).total(roots: roots, judged: derivation))
    }

    private mutating func attempt<Result>(
        _ step: (inout Checker) throws(RuleError) -> Result
    ) -> Result? {
        let (scope, depth, owner) = (checker.scope, checker.depth, checker.owner)
        do throws(RuleError) {
            return try step(&checker)
        } catch {
            note(error)
            checker.scope = scope
            checker.depth = depth
            checker.owner = owner
            checker.active = []
            return nil
        }
    }

    /// Keeps an error, unless it only follows from another that is kept.
    private mutating func note(_ error: RuleError) {
        if case .brokenName = error.problem { return }
        if !errors.contains(error) { errors.append(error) }
    }

    private mutating func bind(_ binding: Binding) {
        let name = binding.name.name
        if attempt({ c throws(RuleError) in try c.bind(binding) }) == nil {
            checker.brokenNames.insert(name)
        }
        checker.laterNames.remove(name)
    }

    private mutating func condition(_ expression: Expression, _ place: String) -> Int? {
        attempt { c throws(RuleError) in try c.check(expression, as: .bool, place) }
    }

    private mutating func subject(_ expression: Expression) -> CheckedRule.NamedNode? {
        attempt { c throws(RuleError) in
            let node = try c.check(expression)
            switch c.type(node) {
            case .patient, .practitioner, .institution, .claim, .prescription, .text, .code:
                return CheckedRule.NamedNode(name: "\(c.type(node))", node: node)
            default:
                throw RuleError(
                    .wrongType(
                        expected: "whom the finding is about, such as d.patient",
                        found: c.words(c.type(node)), place: "the subject"),
                    at: expression.position)
            }
        }
    }

    private mutating func rowSources(_ name: Named, _ rule: Rule) -> [CheckedRule.RowSource] {
        if name.name == rule.variable.name { return [.judged] }
        if let window = checker.window(named: name.name) {
            return checker.parts(ofWindow: window).map { .window($0) }
        }
        note(RuleError(checker.unknown(name.name), at: name.position))
        return []
    }

    private mutating func part(_ part: ReasonPart) -> CheckedRule.CheckedReason? {
        switch part {
        case .text(let text): return .text(text)
        case .value(let expression):
            return attempt { c throws(RuleError) in
                let node = try c.check(expression)
                try c.plain(node, expression)
                return .node(node)
            }
        }
    }

    private var tables: [Int] {
        checker.tables.sorted {
            checker.schema.tables[$0].name.utf8.lexicographicallyPrecedes(
                checker.schema.tables[$1].name.utf8)
        }
    }

    /// What a finding lists: fields of the judged row, named values and limits that were read.
    private func values(_ rule: Rule) -> [CheckedRule.NamedNode] {
        var found: [CheckedRule.NamedNode] = []
        for (index, node) in checker.nodes.enumerated() {
            let name: String
            switch node.operation {
            case .field(depth: 0, _, let field, _): name = "\(rule.variable.name).\(field)"
            case .given(depth: 0, let derivation, let value):
                name =
                    "\(rule.variable.name).\(checker.derivations[derivation].gives[value].name)"
            case .binding(let binding): name = checker.bindings[binding].name
            case .lookUp(let table, _, _, _)
            where checker.schema.tables[table].name == Checker.limitTable:
                name = checker.texts[index]
            default: continue
            }
            if !found.contains(where: { $0.name.utf8.elementsEqual(name.utf8) }) {
                found.append(CheckedRule.NamedNode(name: name, node: index))
            }
        }
        return found.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    private func conditions(
        _ rule: Rule, filter: Int?, when: Int, exceptions: [CheckedRule.NamedNode]
    ) -> [CheckedCondition] {
        var found: [CheckedCondition] = []
        if let filter { smallest(filter, "where", &found) }
        for window in checker.windows {
            if let filter = window.filter { smallest(filter, "with \(window.name)", &found) }
        }
        for derivation in checker.derivations {
            smallest(derivation.condition, derivation.name, &found)
        }
        smallest(when, "when", &found)
        for exception in exceptions {
            found.append(
                CheckedCondition(node: exception.node, place: "except", text: exception.name))
        }
        return found
    }

    private func smallest(_ node: Int, _ place: String, _ found: inout [CheckedCondition]) {
        switch checker.nodes[node].operation {
        case .and(let a, let b), .or(let a, let b):
            smallest(a, place, &found)
            smallest(b, place, &found)
        case .not(let inner): smallest(inner, place, &found)
        default:
            found.append(
                CheckedCondition(node: node, place: place, text: checker.texts[node]))
        }
    }
}
