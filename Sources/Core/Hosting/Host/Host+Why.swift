internal import Consensus
internal import Ledger
public import Primitives

extension Host {
    /// Why nothing is committed, in sentences: where the height stands, and who is missing.
    ///
    /// `connected` are the peers that messages go through to.
    public func why(connected: [InstitutionID]) -> [String] {
        let standing = replica.why()
        func name(_ id: InstitutionID) -> String {
            if id == identity { return "\(id) (this node)" }
            return connected.contains(id) ? id.name : "\(id) (not connected)"
        }
        func votes(_ kind: String, _ count: Standing.Count) -> String {
            let missing = count.missing.map(name).joined(separator: ", ")
            let leader =
                count.leader.map { ", \(count.leaderPower) of it for \($0)" }
                ?? (count.power > 0 ? ", \(count.leaderPower) of it against" : "")
            return "\(kind): power \(count.power)\(leader); \(standing.quorumPower) of "
                + "\(standing.totalPower) needed; missing: \(missing.isEmpty ? "nobody" : missing)"
        }
        let step = missingBodies.isEmpty ? standing.step : "waiting for batches of a block"
        var lines = ["height \(standing.height), round \(standing.round): \(step)"]
        let proposer = name(standing.proposer)
        lines.append(
            standing.proposal.map { "proposer \(proposer) has proposed \($0)" }
                ?? "proposer \(proposer) has proposed nothing")
        lines.append(votes("prevotes", standing.prevotes))
        lines.append(votes("precommits", standing.precommits))
        lines += missingBodies.map { missing in
            let named = missing.digests.prefix(3).map(\.description).joined(separator: ", ")
            let more = missing.digests.count > 3 ? " and \(missing.digests.count - 3) more" : ""
            return "of the \(missing.total) batches of \(missing.block) are not here: " + named
                + more
                + "; proposer \(name(missing.proposer)) was asked, and all others are"
        }
        if let returning {
            let heard = returning.reports.keys.sorted().map(\.name).joined(separator: ", ")
            let what =
                returning.isSilent
                ? "this node has lost its disk and signs nothing"
                : "this node has lost rows of its outbox and numbers nothing"
            lines.append(
                what + " until peers with more than 2/3 of the power have said where they are; "
                    + "so far: " + (heard.isEmpty ? "nobody" : heard))
        }
        if let joining {
            let progress = joining.progress
            lines.append(
                joining.height.map {
                    "this node fetches the state after block \($0): \(progress.here) of "
                        + "\(progress.total) chunks are here"
                } ?? "this node waits for a snapshot of the state")
        }
        if sync.isCatchingUp { lines.append("this node is catching up with its peers") }
        for (accused, count) in evidence.dropped.sorted(by: { $0.key < $1.key }) {
            lines.append("evidence of \(count) offences of \(accused) found no place here")
        }
        if let height = state.governance.standing.stoppedFrom {
            lines.append("submissions are stopped by governance since block \(height)")
        }
        return lines
    }

    /// The blocks under way some of whose batches are not here.
    private var missingBodies:
        [(block: BlockID, digests: [Digest], total: Int, proposer: InstitutionID)]
    {
        var found = waitingChecks.map { check in
            (
                check.request.blockID, check.missing, check.block.batches.count,
                validators.proposer(height: check.request.height, round: check.request.round).id
            )
        }
        if let waiting = waitingDecision {
            found.append(
                (
                    waiting.decision.blockID, waiting.missing, waiting.block.batches.count,
                    waiting.block.header.proposer
                ))
        }
        return found
    }
}
