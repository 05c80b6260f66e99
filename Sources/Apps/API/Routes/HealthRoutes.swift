internal import Node
internal import Primitives

/// Whether the node's loop answers, at `/healthz`, and whether it has caught up, at `/readyz`.
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
            Route("GET", "/readyz", isOpen: true) { _ in
                guard let status = try? await node.status() else {
                    return .problem(503, "The node does not answer.")
                }
                let readiness = Readiness(status)
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

        init(_ status: NodeStatus) {
            var reasons: [String] = []
            let (height, deskHeight) = (status.height.blocks, status.deskHeight.blocks)
            if status.isCatchingUp { reasons.append("the node is catching up") }
            if height > deskHeight, height - deskHeight > HealthRoutes.deskLagMax {
                reasons.append(
                    "the desk has taken in \(deskHeight) blocks of \(height)")
            }
            self.reasons = reasons
            self.height = height
            self.deskHeight = deskHeight
            isReady = reasons.isEmpty
        }
    }
}
