extension Expression {
    /// Checks an expression that stands alone, over names that are bound from outside.
    ///
    /// The result is a rule without rows whose condition is the expression, of any type.
    ///
    /// - Throws: ``RuleErrors`` with what is wrong.
    public func checkAlone(
        variables: [(name: String, type: RuleType)]
    ) throws(RuleErrors) -> CheckedRule {
        var checker = Checker(schema: RuleSchema(kinds: [], tables: []))
        for (local, variable) in variables.enumerated() {
            checker.scope.append((variable.name, .local(local, variable.type)))
        }
        checker.localCount = variables.count
        let root: Int
        do throws(RuleError) {
            root = try checker.check(self)
        } catch {
            throw RuleErrors([error])
        }
        let rule = Rule(
            header: RuleHeader(
                id: "", title: "", status: .draft, level: .informational, result: .suspicious,
                basis: [], attributes: []),
            kind: Named(""), variable: Named(""), filter: nil, bindings: [], condition: self,
            exceptions: [], subject: self, violating: [], involved: [], amount: nil, reason: [],
            predicates: [])
        return CheckedRule(
            rule: rule, hash: rule.hash, kind: -1, derivation: nil, nodes: checker.nodes,
            texts: checker.texts, patterns: checker.patterns, windows: [], bindings: [],
            filter: nil, condition: root, exceptions: [],
            subject: CheckedRule.NamedNode(name: "", node: root), violating: [],
            involved: [], amount: nil, reason: [], values: [], tables: [], conditions: [],
            derivations: [], localCount: checker.localCount,
            cost: CostEstimate(nodes: checker.nodes, windows: [], derivations: [])
                .total(roots: [root]))
    }
}
