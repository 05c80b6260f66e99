internal import Ledger
internal import Node
internal import Primitives

/// Proposals, votes and attendance, for people and programs.
struct GovernanceReport: Report {
    let height: UInt64
    let isStopped: Bool
    let proposals: [Proposal]
    let members: [Member]

    struct Proposal: Encodable {
        let id: String
        let change: String
        let reason: String
        let standing: String
        let votesFor: [String]
        let votesAgainst: [String]
        let expiry: UInt64
    }

    struct Member: Encodable {
        let id: String
        let power: UInt64
        let lastSeen: UInt64?
        let isLive: Bool
    }

    init(_ answer: GovernanceSummary, only id: Digest? = nil) {
        height = answer.height.blocks
        isStopped = answer.standing.stoppedFrom != nil
        let next = answer.height.next
        proposals = answer.proposals.filter { id == nil || $0.id == id }.map { record in
            let isExpired = record.standing == .open && !record.isOpen(at: next)
            return Proposal(
                id: record.id.description, change: record.proposal.action.description,
                reason: record.proposal.reason,
                standing: isExpired ? "expired" : record.standing.description,
                votesFor: record.votes.filter(\.isFor).map(\.institution.name),
                votesAgainst: record.votes.filter { !$0.isFor }.map(\.institution.name),
                expiry: record.proposal.expiry.blocks)
        }
        members =
            id != nil
            ? []
            : answer.institutions.map { institution in
                Member(
                    id: institution.id.name, power: institution.power,
                    lastSeen: answer.attendance.lastSeen(institution.id)?.blocks,
                    isLive: answer.attendance.isLive(institution.id, at: next))
            }
    }

    var lines: [String] {
        var lines = proposals.isEmpty ? ["No proposals."] : []
        for proposal in proposals {
            lines += [
                "\(proposal.id.prefix(16))…  \(proposal.change): \(proposal.standing)",
                "  because     \(proposal.reason)",
                "  for         \(Self.list(proposal.votesFor))",
                "  against     \(Self.list(proposal.votesAgainst))",
                "  votes count up to block \(proposal.expiry); this is block \(height)",
            ]
        }
        if isStopped { lines.append("The ledger is stopped: nodes take no submissions.") }
        guard !members.isEmpty else { return lines }
        var table = Table("institution", "power", "last seen", "")
        for member in members where member.power > 0 || member.lastSeen != nil {
            table.add(
                member.id, String(member.power), member.lastSeen.map { "block \($0)" } ?? "never",
                member.isLive ? "" : "not live")
        }
        return lines + table.lines
    }

    private static func list(_ names: [String]) -> String {
        names.isEmpty ? "nobody" : names.joined(separator: ", ")
    }
}
