public import RuleLanguage

/// An expression of the rule language by itself, without rows: for calculators and for tests.
public struct PlainExpression: Sendable {
    let plan: Plan
    private let variableCount: Int

    public var type: RuleType { plan.nodes[plan.rule.condition].type }

    /// Checks an expression over names that get their values when it is evaluated.
    ///
    /// - Throws: ``RuleErrors`` with what is wrong.
    public init(
        _ expression: Expression, variables: [(name: String, type: RuleType)] = []
    ) throws(RuleErrors) {
        let rule = try expression.checkAlone(variables: variables)
        var specifications: [IndexSpecification] = []
        do throws(KnowledgeError) {
            plan = try Plan(rule: rule, tables: [], specifications: &specifications)
        } catch {
            throw RuleErrors([RuleError(.format("\(error)"), at: expression.position)])
        }
        variableCount = variables.count
    }

    /// The value, with the variables in the order in which they were named; unknown with its cause
    /// where there is none.
    public func evaluate(_ values: [Value] = []) -> Value {
        let missing = max(0, plan.rule.localCount - values.count)
        var frame = Frame(locals: values + Array(repeating: .no, count: missing))
        return FactStore(indexes: []).evaluate(plan.rule.condition, plan, &frame)
    }
}
