internal import Primitives
internal import Proofs
internal import Records

extension Supervisor {
    /// The steps of a case, or of all cases that this node knows of, opened where it may.
    func cases(_ blindedCase: OpaqueID?) throws(SupervisionError) -> CaseHistory {
        var steps: [CaseHistory.Step] = []
        for leaf in try caseDesk.steps(of: blindedCase) {
            guard let item = try entries.entry(at: leaf) else { continue }
            var opened: CaseFile.Opened?
            if case .opened(let payload) = try entries.content(of: item),
                payload.mediaType == CaseStatement.mediaType,
                let found = try payloads.opened(item.entry)
            {
                opened = CaseFile.Opened(statement: payload.source, salt: found.salt)
            }
            steps.append(
                CaseHistory.Step(leafIndex: leaf, entry: item.entry.encode(), opened: opened))
        }
        return CaseHistory(steps: steps)
    }
}
