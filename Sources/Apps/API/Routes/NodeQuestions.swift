internal import Node
internal import Primitives
internal import Supervision
internal import Transport

/// What the routes ask of the node, in its own words.
extension Node {
    func status() async throws -> NodeStatus {
        try NodeStatus.decode(try await ask(.status))
    }

    /// Where supervision stands; nil where this node does not supervise.
    func deskStatus() async throws -> DeskStatus? {
        do {
            return try DeskStatus.decode(
                Array(try await ask(.desk(DeskRequest.status.encode()))))
        } catch TransportError.refused {
            return nil
        }
    }
}
