internal import Ledger
internal import Primitives
internal import Proofs

extension ProvenCase {
    /// What is not proved of its steps.
    var limits: [String] {
        let end = standing.map { "block \($0.header.height)" } ?? "the last step here"
        var limits = [
            isClosed
                ? "That the case was not opened again after \(end) is not proved."
                : "That no step came after \(end) is not proved.",
            "Appeals are steps of those who appeal, outside the chain of steps: that none is left "
                + "out is not proved.",
        ]
        if standing == nil {
            limits.append(
                "That the ledger counts these steps is not proved: whose case it is can have "
                    + "written others that name the same step before, of which one counts.")
        }
        let anchor = (standing ?? steps.last?.entry.head)?.anchor
        if let anchor, anchor != .genesisOnly, steps.contains(where: { $0.anchored != nil }) {
            limits.append(
                "When notices and appeals were anchored rests on genesis only, not on the trusted "
                    + "head.")
        }
        return limits
    }
}
