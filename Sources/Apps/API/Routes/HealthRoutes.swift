internal import Node
internal import Primitives

/// Whether the node's loop answers, at `/healthz`, and whether it has caught up, at `/readyz`;
/// with `?for=submit` also whether what is handed in can be anchored now.
struct HealthRoutes: Sendable {
    let node: Node

    /// How many blocks the desk may be behind the ledger on a node that is ready.
    private static let deskLagMax: UInt64 = 8

    var all: [Route] {
        let node = node
        return [
            Route("GET", "/healthz", isOpen: true) { _ in
                guard let status = try? await node.status() else {
                    return .problem(503, "The node does not answer.")
                }
                return .json(Health(status: "ok", institution: status.institution.name))
            },
            Route("GET", "/readyz", isOpen: true) { request in
                let isForSubmission = request.query == "for=submit"
                guard isForSubmission || request.query.isEmpty else {
                    return .problem(400, "/readyz knows ?for=submit, and no other question.")
                }
                guard let status = try? await node.status() else {
                    return .problem(503, "The node does not answer.")
                }
                let readiness = Readiness(status, isForSubmission: isForSubmission)
                return .json(readiness, status: readiness.isReady ? 200 : 503)
            },
        ]
    }

    private struct Health: Encodable {
        let status: String
        let institution: String
    }

    /// Whether the node may be asked now, and why not.
    struct Readiness: Encodable {
        let isReady: Bool
        let height: UInt64
        let deskHeight: UInt64
        /// Empty where it is ready.
        let reasons: [String]

        init(_ status: NodeStatus, isForSubmission: Bool = false) {
            var reasons: [String] = []
            let (height, deskHeight) = (status.height.blocks, status.deskHeight.blocks)
            if status.isCatchingUp { reasons.append("the node is catching up") }
            if height > deskHeight, height - deskHeight > HealthRoutes.deskLagMax {
                reasons.append(
                    "the desk has taken in \(deskHeight) blocks of \(height)")
            }
            if isForSubmission, let reason = Readiness.missingQuorum(status) {
                reasons.append(reason)
            }
            self.reasons = reasons
            self.height = height
            self.deskHeight = deskHeight
            isReady = reasons.isEmpty
        }

        /// Why nothing can be decided now, as far as this node can tell from who it reaches.
        private static func missingQuorum(_ status: NodeStatus) -> String? {
            let reached = Set(status.connected + [status.institution])
            let total = status.members.reduce(UInt64(0)) { $0 + $1.power }
            let power = status.members.reduce(UInt64(0)) { sum, member in
                reached.contains(member.institution) ? sum + member.power : sum
            }
            guard power * 3 <= total * 2 else { return nil }
            return "power \(power) of \(total) is reached from here; above \(total * 2 / 3) is "
                + "needed to anchor anything"
        }
    }
}
