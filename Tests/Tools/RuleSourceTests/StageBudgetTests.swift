import RuleLanguage
import Testing

@testable import RuleSource

@Suite("Budgets of stages")
struct StageBudgetTests {
    @Test(
        "the strictest moment of a rule's stage is its budget",
        arguments: [
            ("before", 100_000), ("during, after", 100_000), ("[before, during]", 100_000),
            ("after", 1_000_000), ("", 1_000_000),
        ])
    func budgets(stage: String, steps: Int) throws {
        #expect(StageBudget.problem(RuleCost(steps: steps), stage: stage) == nil)
        let problem = try #require(
            StageBudget.problem(RuleCost(steps: steps + 1), stage: stage))
        #expect(problem.contains("costs \(steps + 1) steps") && problem.contains("\(steps) are"))
    }
}
