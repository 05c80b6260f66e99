internal import RuleLanguage

/// How much a rule may cost for one judged row, by the moment in which it runs.
///
/// What is asked while somebody waits has to be cheaper than what runs at night.
enum StageBudget {
    /// When a rule may run: before a service, while a claim is paid, after everything.
    static let moments = ["before", "during", "after"]
    static let waited = RuleCost(steps: 100_000)
    static let batch = RuleCost(steps: 1_000_000)

    /// The budget of the strictest moment that a rule's `stage` names.
    static func budget(stage: String) -> (moment: String, cost: RuleCost) {
        let moments = stage.split { !$0.isLetter }.map { $0.lowercased() }
        for moment in ["before", "during"] where moments.contains(moment) {
            return (moment, waited)
        }
        return ("after", batch)
    }

    /// What is wrong with the cost of a rule, or nil where it keeps to its budget.
    static func problem(_ cost: RuleCost, stage: String) -> String? {
        let (moment, budget) = budget(stage: stage)
        guard cost.steps > budget.steps else { return nil }
        return "the rule costs \(cost.steps) steps for one row, and \(budget.steps) are the "
            + "budget of the stage '\(moment)': give its windows an end in time, ask less of each "
            + "row, or leave the stage to 'after'"
    }
}
