public import Primitives
public import Proofs
internal import Records

/// A case whose steps were proved, and the findings in it that were found again.
public struct VerifiedCase: Sendable {
    public let proven: ProvenCase
    /// By finding, of all bundles that were opened.
    public let findings: [Digest: VerifiedFinding]
}

extension FindingVerifier {
    /// The case, once its steps have been proved, and each rule in it has given its finding again.
    ///
    /// - Throws: ``FindingFailure``, the first step that fails.
    public func verify(
        _ file: CaseFile, by evaluate: Evaluation = FindingVerifier.evaluate
    ) throws(FindingFailure) -> VerifiedCase {
        let proven = try proved { () throws(ProofFailure) in try auditor.verify(file) }
        var findings: [Digest: VerifiedFinding] = [:]
        for step in proven.steps {
            guard let statement = step.statement else { continue }
            var leaves: [UInt64] = []
            var rules: Set<String> = []
            var found: [Digest] = []
            for bytes in statement.bundles {
                let bundle = try proved { () throws(ProofFailure) in
                    try FindingBundle.decode(bytes)
                }
                let verified = try verify(bundle, by: evaluate)
                let id = verified.proven.statement.finding
                findings[id] = verified
                found.append(id)
                leaves.append(verified.proven.entry.leafIndex)
                rules.insert(verified.outline.rule)
            }
            try check(step, statement, found, leaves: leaves.sorted(), rules: rules)
        }
        return VerifiedCase(proven: proven, findings: findings)
    }

    /// Shares and notices come with a bundle of each finding, and a notice names these and no
    /// others in clear.
    private func check(
        _ step: ProvenCase.Step, _ statement: CaseStatement, _ found: [Digest],
        leaves: [UInt64], rules: Set<String>
    ) throws(FindingFailure) {
        let leaf = step.entry.leafIndex
        switch step.body.step {
        case .shared, .noticed:
            guard found == statement.findings, !found.isEmpty else {
                throw FindingFailure(
                    .bundles,
                    "the statement at leaf \(leaf) names \(statement.findings.count) findings and "
                        + "comes with bundles of \(found.count), or of others")
            }
        default:
            guard found.isEmpty else {
                throw FindingFailure(.bundles, "leaf \(leaf) gives bundles to nobody")
            }
        }
        if case .noticed(let opening) = step.body.step {
            let named = rules.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            guard opening.findings == leaves, opening.rules == named else {
                throw FindingFailure(
                    .bundles,
                    "the notice at leaf \(leaf) opens leaves \(opening.findings) by "
                        + "\(opening.rules); its bundles are of \(leaves) by \(named)")
            }
        }
    }
}
