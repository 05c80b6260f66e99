internal import Findings
internal import Primitives

/// Under which names findings go on that rules give again with other versions of tables.
///
/// A table's new version judges everything anew, and mostly to the same effect: what is found again
/// just as it stands on the ledger, but for the versions of tables, stays the finding it was.
struct StandingNames {
    /// A finding that stands: its id and body.
    typealias Standing = (finding: Digest, body: [UInt8])

    private var standing: [Digest: Standing] = [:]
    /// What the rules call a finding that stands, by its name on the ledger; and what they say now.
    private var found: [Digest: Standing] = [:]
    private var names: [Digest: Digest] = [:]

    init(_ findings: [Standing] = []) {
        for finding in findings {
            guard let essence = FindingOutline.essence(of: finding.body) else { continue }
            standing[essence] = finding
        }
    }

    /// What a finding of the rules is called, and what it says there: itself, if it is new.
    mutating func name(_ finding: Digest, _ body: [UInt8]) -> Standing {
        guard !standing.isEmpty, let essence = FindingOutline.essence(of: body),
            let known = standing[essence], known.finding != finding
        else { return (finding, body) }
        names[finding] = known.finding
        found[known.finding] = (finding, body)
        return known
    }

    /// What a finding of the rules was called.
    func name(_ finding: Digest) -> Digest { names[finding] ?? finding }

    /// What the rules call a finding, and what they said last, where that is not its name.
    func asFound(_ finding: Digest) -> Standing? { found[finding] }
}
