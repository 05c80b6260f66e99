internal import Cryptography
internal import Ledger
internal import Logging
internal import Primitives
internal import Proofs
internal import Records
internal import Storage
internal import Testing
internal import Transport

@testable import Node

@Suite("Four nodes on loopback", .timeLimit(.minutes(30)), .serialized)
struct NodeTests {
    @Test func commitEntriesThatAnAuditorCanCheck() async throws {
        let running = RunningNetwork(try TestNetwork())
        try await running.start([0, 1, 2, 3])
        let client = try await running.client(0)
        let id = running.network.ids[0]
        for number in UInt64(1)...5 {
            #expect(try await client.submit(TestNetwork.linkSubmission(number)) == number)
        }
        _ = try? await client.committed(id, StreamID(0), number: 5)
        // Every node has it, at the same place.
        var places: Set<UInt64> = []
        for index in 0..<4 {
            let other = try await running.client(index)
            let entry = try await running.entry(id, 5, on: other)
            #expect(entry.entry == TestNetwork.link(issuer: id, number: 5).encode())
            places.insert(entry.leafIndex)
            await other.close()
        }
        #expect(places == [4])
        let auditor = try Auditor(genesis: running.network.genesis)
        _ = try auditor.verify(try await client.proof(leaf: 4))
        let leafHash = SHA256.leaf(TestNetwork.link(issuer: id, number: 3).encode())
        #expect(try await client.entry(hash: leafHash).leafIndex == 2)
        await #expect(throws: TransportError.self) { try await client.entry(hash: .zero) }
        #expect(try await client.receipts(leaf: 4).count >= 3)
        var query = Query()
        query.patient = TestNetwork.patient(10)
        let answer = try await client.query(QueryRequest(query))
        let page = try auditor.verify(AnswerPage.decode(try #require(answer.page)))
        #expect(page.items.map(\.entry.number) == [5])
        #expect(answer.next == nil)
        let rows = try await client.query(QueryRequest(query, isProved: false)).rows
        #expect(rows.map(\.leafIndex) == [4])
        query.patient = TestNetwork.patient(999)
        let none = try await client.query(QueryRequest(query))
        #expect(try auditor.verify(AnswerPage.decode(try #require(none.page))).items.isEmpty)
        let link = try await client.consistency(from: 3, to: 5)
        #expect(link.secondSize == 5)
        await #expect(throws: TransportError.self) { try await client.consistency(from: 6, to: 5) }
        await client.close()
        try await running.stopAll()
    }

    @Test func takeBatchesThatTheirIssuerSigned() async throws {
        let running = RunningNetwork(try TestNetwork())
        try await running.start([0, 1, 2, 3])
        let client = try await running.client(1)
        let network = running.network
        let batch = network.batch(of: 2, first: 1, count: 20)
        let answer = try await client.submitBatch(batch, waits: true)
        guard case .committed(_, firstLeaf: 0) = answer else {
            Issue.record("\(answer)")
            return
        }
        // The very same batch is answered as before, a gap and another signature are refused.
        #expect(try await client.submitBatch(batch, waits: false) == answer)
        // Who asks for an entry after its block came is told where it stands, too.
        let entry = try await client.committed(network.ids[2], StreamID(0), number: 20)
        #expect(entry.leafIndex == 19)
        let foreign = network.batch(of: 3, first: 1, count: 1)
        var flipped = foreign
        flipped[flipped.count - 1] ^= 1
        await #expect(throws: TransportError.self) {
            try await client.submitBatch(flipped, waits: false)
        }
        await #expect(throws: TransportError.self) {
            try await client.submitBatch([1, 2, 3], waits: false)
        }
        await client.close()
        try await running.stopAll()
    }

    @Test func goOnWithoutOneAndLetItCatchUp() async throws {
        let running = RunningNetwork(try TestNetwork())
        try await running.start([0, 1, 2, 3])
        let client = try await running.client(0)
        let network = running.network
        _ = try await client.submitBatch(network.batch(of: 0, first: 1, count: 10), waits: true)
        try await running.stop(3)
        for round in UInt64(0)..<5 {
            _ = try await client.submitBatch(
                network.batch(of: 0, first: 11 + 10 * round, count: 10), waits: true)
        }
        try await running.start([3])
        let returned = try await running.client(3)
        let entry = try await running.entry(network.ids[0], 60, on: returned)
        #expect(entry.leafIndex == 59)
        let mine = try await client.block(entry.height)
        #expect(try await returned.block(entry.height).block == mine.block)
        await returned.close()
        await client.close()
        try await running.stopAll()
    }

    @Test func goOnFromTheirDisksAfterAllHaveStopped() async throws {
        let running = RunningNetwork(try TestNetwork())
        let network = running.network
        try await running.start([0, 1, 2, 3])
        var client = try await running.client(0)
        for number in UInt64(1)...8 {
            _ = try await client.submit(TestNetwork.linkSubmission(number))
        }
        // Acknowledged, and perhaps not yet anchored: nothing of it may be lost.
        await client.close()
        try await running.stopAll()
        try await running.start([0, 1, 2, 3])
        client = try await running.client(0)
        #expect(try await client.submit(TestNetwork.linkSubmission(9)) == 9)
        for number in UInt64(1)...9 {
            let entry = try await running.entry(network.ids[0], number, on: client)
            #expect(
                entry.entry == TestNetwork.link(issuer: network.ids[0], number: number).encode())
        }
        await client.close()
        try await running.stopAll()
    }

    @Test func refuseAtTheDoorWhatWouldHoldUpTheirStream() async throws {
        let running = RunningNetwork(try TestNetwork())
        try await running.start([0, 1, 2, 3])
        let client = try await running.client(0)
        let issuer = running.network.ids[0]
        func credential(_ key: SigningKey) -> Submission {
            let body = CredentialBody(
                credential: TestNetwork.patient(99), publicKey: key.publicKey.bytes,
                role: "nurse", department: "", from: Day(number: 1), to: Day(number: 30_000),
                isRevoked: false)
            return Submission(
                kind: .credential, eventTime: Timestamp(milliseconds: 1_700_000_000_000),
                subjects: [.practitioner(body.credential)], body: .credential(body))
        }
        let first = try await client.submit(credential(running.network.submitKeys[0]))
        _ = try await running.entry(issuer, first, on: client)
        do {
            _ = try await client.submit(credential(running.network.submitKeys[1]))
            Issue.record("a credential was given another key")
        } catch {
            #expect("\(error)".contains("needs a new credential"))
        }
        let next = try await client.submit(TestNetwork.linkSubmission(1))
        #expect(next == first + 1)
        _ = try await running.entry(issuer, next, on: client)
        await client.close()
        try await running.stopAll()
    }

    @Test func tellWhereTheyStandAndWhatTheyCommit() async throws {
        let running = RunningNetwork(try TestNetwork())
        try await running.start([0, 1, 2, 3])
        let client = try await running.client(0)
        let status = try await client.status()
        #expect(status.institution == running.network.ids[0])
        #expect(status.ledger == running.network.genesis.ledger)
        #expect(status.outboxes.map(\.nextNumber) == [1])
        var heights: [Height] = []
        for try await notice in client.watch(from: Height(1)) {
            heights.append(notice.height)
            if heights.count == 3 { break }
        }
        #expect(heights == [Height(1), Height(2), Height(3)])
        await #expect(throws: TransportError.self) { try await client.entry(leaf: 10_000) }
        await #expect(throws: TransportError.self) { try await client.block(Height(99_999)) }
        await client.close()
        try await running.stopAll()
    }
}

extension RunningNetwork {
    /// The entry, once this node has it.
    func entry(
        _ issuer: InstitutionID, _ number: UInt64, on client: NodeClient
    ) async throws -> EntryAnswer {
        do {
            return try await client.entry(issuer, StreamID(0), number: number)
        } catch {
            do {
                return try await client.committed(issuer, StreamID(0), number: number)
            } catch TransportError.refused {
                return try await client.entry(issuer, StreamID(0), number: number)
            }
        }
    }
}
