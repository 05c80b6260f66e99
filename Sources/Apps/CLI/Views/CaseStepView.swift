internal import Findings
internal import Primitives
internal import Proofs
internal import Records

/// A step of a case as a person or a program reads it.
struct CaseStepView: Encodable {
    let leaf: UInt64
    let time: String
    let issuer: String
    let step: String
    /// Whom it names; nobody before a notice.
    let about: [String]
    let recipients: [String]
    /// What a notice opens.
    let rules: [String]
    let answerBy: String?
    /// Nil where what it says is sealed to others.
    let says: Says?

    /// What was sealed.
    struct Says: Encodable {
        let words: String
        let findings: [String]
        /// What each finding says, where a bundle of it is there: rule, result and reason.
        let reasons: [String]
        let outcome: String?
        let amounts: [String]
    }

    init(
        _ entry: Entry, leaf: UInt64, _ body: CaseBody, _ statement: CaseStatement?,
        reasons: [String] = []
    ) {
        self.leaf = leaf
        time = entry.eventTime.description
        issuer = entry.issuer.name
        step = "\(body.step)"
        about = entry.subjects.map(\.description)
        recipients = entry.recipients.map(\.name)
        if case .noticed(let opening) = body.step {
            rules = opening.rules
            answerBy = opening.answerBy?.description
        } else {
            rules = []
            answerBy = nil
        }
        says = statement.map { statement in
            Says(
                words: statement.words, findings: statement.findings.map(\.description),
                reasons: reasons, outcome: statement.decision?.outcome.description,
                amounts: statement.decision?.amounts.map { "\($0.kind) \($0.amount)" } ?? [])
        }
    }

    /// The steps of a case that was checked.
    static func all(_ verified: VerifiedCase) -> [CaseStepView] {
        verified.proven.steps.map { step in
            let reasons = (step.statement?.findings ?? []).compactMap { id in
                verified.findings[id].flatMap { try? FindingBodyView($0.proven.statement.body) }
                    .map { "\($0.rule), \($0.result): \($0.reason)" }
            }
            return CaseStepView(
                step.entry.entry, leaf: step.entry.leafIndex, step.body, step.statement,
                reasons: reasons)
        }
    }

    var lines: [String] {
        var lines = ["leaf \(leaf): \(step), by \(issuer), \(time)"]
        for name in about { lines.append("  about       \(name)") }
        if !rules.isEmpty { lines.append("  rules       \(rules.joined(separator: ", "))") }
        if let answerBy { lines.append("  answer by   \(answerBy)") }
        guard let says else {
            return lines + ["  sealed to   \(recipients.joined(separator: ", "))"]
        }
        if !says.words.isEmpty { lines.append("  says        \(says.words)") }
        for finding in says.findings { lines.append("  finding     \(finding)") }
        for reason in says.reasons { lines.append("  found again \(reason)") }
        if let outcome = says.outcome { lines.append("  outcome     \(outcome)") }
        for amount in says.amounts { lines.append("  amount      \(amount)") }
        return lines
    }
}
