public import RuleLanguage

/// What a rule says of one row.
public enum Verdict: Sendable {
    /// The rule does not judge such rows.
    case notConcerned
    /// The condition does not hold.
    case clear
    /// The condition holds, and an exception does, too.
    case excused(String)
    /// The body of the finding.
    case finding([UInt8])
    /// The rule cannot say, for this reason.
    case notEvaluated(Cause)

    /// The body of the finding, where it is one.
    var body: [UInt8]? {
        if case .finding(let body) = self { body } else { nil }
    }
}
