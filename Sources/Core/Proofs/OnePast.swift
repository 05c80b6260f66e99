internal import Ledger
internal import Primitives

extension Auditor {
    /// Throws where headers of one file cannot all be of one ledger.
    ///
    /// Each of them was found signed by itself. Where keys of a quorum signed two pasts, a file
    /// that is put together out of both would show what neither of them does.
    ///
    /// - Throws: ``ProofFailure`` at step ``ProofStep/fork``.
    static func checkOnePast(_ headers: [BlockHeader]) throws(ProofFailure) {
        let ordered = headers.sorted { $0.height < $1.height }
        for (lower, upper) in zip(ordered, ordered.dropFirst()) {
            guard let contradiction = ForkProof.contradiction(lower, upper) else { continue }
            throw ProofFailure(
                .fork,
                "blocks \(lower.height) and \(upper.height), under which the file stands, are both "
                    + "signed by a quorum, and not of one past: \(contradiction.rawValue)",
                remedy: .showFork)
        }
    }
}
