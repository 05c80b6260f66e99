internal import Cryptography
internal import Foundation
internal import Ledger
internal import Node
internal import Primitives
internal import Proofs
internal import Records
internal import Testing

@testable import custos

@Suite("What custos evidence shows", .timeLimit(.minutes(30)))
struct EvidenceCommandTests {
    /// An institution signs two entries under one number, and hands them in at two nodes.
    @Test("names an issuer of two entries under one number, and who anchored the proof")
    func namesWhoGaveANumberTwice() async throws {
        let network = try ProgramNetwork()
        try await network.start(network.indices)
        let none = try await Program.run(["evidence", "--node", network.folder(1)])
        #expect(none.status == 0 && none.output.hasPrefix("No evidence"), "\(none)")

        let first = try await network.client(1)
        let expiry = Height(try await first.status().height.blocks + 500)
        _ = try await first.submitBatch(try batch(of: network, expiry), waits: true)
        await first.close()
        let second = try await network.client(2)
        _ = try? await second.submitBatch(try batch(of: network, expiry), waits: false)
        var query = Query()
        query.kinds = [.evidence]
        for try await _ in second.watch(from: Height(1)) {
            let rows = try await second.query(QueryRequest(query, isProved: false)).rows
            if !rows.isEmpty { break }
        }
        await second.close()

        let shown = try await Program.run(["evidence", "--node", network.folder(2)])
        #expect(shown.status == Ending.refused.rawValue)
        let about = network.id(0)
        let line = shown.output.split(separator: "\n").first { $0.contains("\(about) convicted") }
        #expect(line?.contains("stream 0, number 1") == true, "\(shown.output)")
        let json = try await Program.run(["evidence", "--node", network.folder(2), "--json"])
        #expect(json.status == Ending.refused.rawValue)
        for part in ["\"about\":\"\(about)\"", "\"convicts\":true", "\"anchoredBy\":\""] {
            #expect(json.output.contains(part), "\(json.output)")
        }
    }

    /// A batch of one entry under number 1 of the first member's stream, like no other.
    private func batch(of network: ProgramNetwork, _ expiry: Height) throws -> [UInt8] {
        let submission = ProcessSoakTests.link()
        let entry = Entry(
            kind: .link, issuer: network.id(0), stream: StreamID(0), number: 1,
            eventTime: submission.eventTime, subjects: submission.subjects,
            body: submission.body)
        let path = try NodePlace(network.folder(0)).secrets.submit(0)
        return BatchWriter.batch(
            of: [entry.encode()], ledger: network.genesis.ledger, issuer: network.id(0),
            stream: StreamID(0), firstNumber: 1, expiry: expiry,
            signedBy: try SecretFile(path: path).signingKey(path))
    }
}
