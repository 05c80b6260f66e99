internal import Node
internal import Supervision

/// What a supervision desk answered, read.
enum Desk {
    /// Every finding that the node knows of, page by page.
    static func findings(of client: NodeClient) async throws -> [FindingList.Item] {
        var items: [FindingList.Item] = []
        var place: FindingList.Place?
        repeat {
            let answer = try await client.desk(DeskRequest.findings(after: place).encode())
            let page = try read { () throws(SupervisionError) in try FindingList.decode(answer) }
            items += page.items
            place = page.next
        } while place != nil
        return items
    }

    /// How the node's supervision stands.
    static func status(of client: NodeClient) async throws -> DeskStatus {
        let answer = try await client.desk(DeskRequest.status.encode())
        return try read { () throws(SupervisionError) in try DeskStatus.decode(answer) }
    }

    static func read<Value>(
        _ body: () throws(SupervisionError) -> Value
    ) throws(Failure) -> Value {
        do throws(SupervisionError) {
            return try body()
        } catch {
            throw Failure(.other, "the node's answer cannot be read: \(error)")
        }
    }
}
