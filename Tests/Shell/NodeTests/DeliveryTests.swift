internal import Ledger
internal import Primitives
internal import Records
internal import Supervision
internal import Testing
internal import Transport

@testable import Node

@Suite("Payloads between nodes", .timeLimit(.minutes(30)))
struct DeliveryTests {
    private let patient = TestNetwork.patient(1)

    /// The rows of the patient's trail as the node's desk has them.
    private func trail(_ client: NodeClient) async throws -> [TrailRow] {
        let request = DeskRequest.trail(TrailQuery(term: .subject(.patient(patient))))
        let answer = try await client.desk(request.encode())
        return try TrailAnswer.decode(answer).rows
    }

    @Test func reachTheirRecipientsAndNobodyElse() async throws {
        let running = RunningNetwork(try TestNetwork(supervises: true))
        try await running.start([0, 1, 2, 3])
        let issuer = try await running.client(0)
        let submission = Submission(
            kind: .record, eventTime: Timestamp(milliseconds: 1_700_000_000_000),
            subjects: [.patient(patient)],
            payload: Payload(mediaType: "text/plain", source: Array("a note".utf8), facts: []))
        #expect(try await issuer.submit(submission) == 1)
        // The regulator is a recipient by policy, node 1 is none.
        let regulator = try await running.client(3)
        let stranger = try await running.client(1)
        var states: [TrailRow.State] = []
        for try await _ in regulator.watch(from: Height(1)) {
            states = try await trail(regulator).filter { $0.item.entry.kind == .record }
                .map(\.state)
            if states == [.open] { break }
        }
        #expect(states == [.open])
        _ = try await running.entry(running.network.ids[0], 1, on: stranger)
        for try await _ in stranger.watch(from: Height(1)) {
            states = try await trail(stranger).filter { $0.item.entry.kind == .record }
                .map(\.state)
            if !states.isEmpty { break }
        }
        #expect(states == [.sealed])
        // Looking into a patient's trail is an access, which stands in the outbox before the
        // answer leaves.
        let status = try await stranger.status()
        #expect(status.outboxes.map(\.nextNumber).allSatisfy { $0 > 1 })
        for client in [issuer, regulator, stranger] { await client.close() }
        try await running.stopAll()
    }
}
