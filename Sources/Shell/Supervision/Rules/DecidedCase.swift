internal import Findings
internal import Primitives
internal import Proofs
internal import Records

/// A case on the ledger that was closed, as far as this institution may read it.
struct DecidedCase {
    let outcome: CaseStatement.Outcome
    /// The rules whose findings are in it.
    var rules: Set<String> = []
    /// The entries that its findings find fault with.
    var leaves: Set<UInt64> = []

    /// Whether it turned out that there was nothing.
    var isCleared: Bool { outcome == .notSuspicious || outcome == .overturned }
}

extension Supervisor {
    /// Every case that was closed, with what was found in it; what came last counts.
    func decidedCases() throws(SupervisionError) -> [DecidedCase] {
        var findings: [OpaqueID: Set<Digest>] = [:]
        var outcomes: [OpaqueID: CaseStatement.Outcome] = [:]
        var order: [OpaqueID] = []
        for leaf in try caseDesk.steps(of: nil) {
            guard let item = try entries.entry(at: leaf),
                case .opened(let payload) = try entries.content(of: item),
                payload.mediaType == CaseStatement.mediaType,
                let statement = try? CaseStatement.decode(payload.source)
            else { continue }
            let id = statement.blindedCase
            if findings[id] == nil { order.append(id) }
            findings[id, default: []].formUnion(statement.findings)
            if let decision = statement.decision { outcomes[id] = decision.outcome }
        }
        var decided: [DecidedCase] = []
        for id in order {
            guard let outcome = outcomes[id] else { continue }
            var known = DecidedCase(outcome: outcome)
            for finding in (findings[id] ?? []).sorted() {
                guard let standing = try desk.standing(finding),
                    let statement = try statement(of: standing),
                    let outline = try? FindingOutline.decode(statement.body)
                else { continue }
                known.rules.insert(outline.rule)
                known.leaves.formUnion(outline.violating.map(\.index))
            }
            decided.append(known)
        }
        return decided
    }
}
