internal import ArgumentParser
internal import Findings
internal import Node
internal import Primitives
internal import Proofs
internal import Records

/// The findings of a case with all that it takes to check them.
struct CaseGift {
    var leaves: [UInt64] = []
    var rules: [String] = []

    /// The bundles of a case's findings, or of some of them, in a draft of its next step.
    ///
    /// What the node says is checked before it is given to anybody.
    static func of(
        _ id: String, _ wanted: [String], _ place: NodePlace, _ trust: TrustOptions
    ) async throws -> (CaseDraft, CaseGift) {
        let issuer = try place.institution
        let auditor = try trust.auditor(try place.genesis)
        return try await place.ask { client in
            let known = try await KnownCase.find(id, of: issuer, client)
            let findings = known.findings.filter { finding in
                wanted.isEmpty || wanted.contains { finding.description.hasPrefix($0) }
            }
            guard !findings.isEmpty else {
                throw Failure(.refused, "no finding of case \(known.blindedCase) begins so")
            }
            var gift = CaseGift()
            var bundles: [[UInt8]] = []
            for finding in findings {
                let (leaf, bundle) = try await Finding.provenBundle(
                    of: finding, auditor, client)
                let statement = try FindingStatement.decode(bundle.statement)
                gift.leaves.append(leaf)
                gift.rules.append(try FindingOutline.decode(statement.body).rule)
                bundles.append(bundle.encode())
            }
            let draft = CaseDraft(
                blindedCase: known.blindedCase, step: .added, previous: known.last,
                findings: findings, bundles: bundles)
            return (draft, gift)
        }
    }
}
