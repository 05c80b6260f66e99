internal import Primitives

/// What a step of a case became.
struct CaseStepReport: Report {
    let `case`: String
    let step: String
    let leaf: UInt64
    let findings: [String]

    init(_ draft: CaseDraft, leaf: UInt64) {
        `case` = draft.blindedCase.description
        step = "\(draft.step)"
        self.leaf = leaf
        findings = draft.findings.map(\.description)
    }

    var lines: [String] {
        ["case \(`case`): \(step) at leaf \(leaf)"] + findings.map { "  finding  \($0)" }
    }
}
