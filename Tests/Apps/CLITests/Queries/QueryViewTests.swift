internal import Cryptography
internal import Foundation
internal import Ledger
internal import Node
internal import Primitives
internal import Proofs
internal import Records
internal import Testing

@testable import custos

@Suite("What an answer is an answer to")
struct QueryViewTests {
    private func id(_ number: UInt8) -> OpaqueID { OpaqueID(prefixOf: SHA256.hash([number])) }

    private func fullQuery() throws -> Query {
        var query = Query()
        query.patient = id(1)
        query.epochs = [PatientEpoch(epoch: 18, pseudonym: id(2))]
        query.practitioner = id(3)
        query.institution = InstitutionID("insurer")
        query.issuer = InstitutionID("hospital")
        query.claim = id(4)
        query.prescription = id(5)
        query.kinds = [.access, .claimResponse]
        query.action = .delete
        query.purpose = .publicHealth
        query.basis = .breakGlass
        query.outcome = .seriousFailure
        query.rule = "PR-03"
        query.happenedFrom = try #require(Day(year: 2021, month: 1, day: 1)).start
        query.happenedBefore = try #require(Day(year: 2021, month: 1, day: 2)).start
        query.anchoredFrom = try #require(Day(year: 2021, month: 1, day: 3)).start
        query.anchoredBefore = try #require(Day(year: 2021, month: 1, day: 4)).start
        return query
    }

    @Test("every property that a query can have is shown, in text and in JSON")
    func properties() throws {
        let query = try fullQuery()
        let names = Mirror(reflecting: query).children.compactMap(\.label)
        let view = QueryView(query)
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(JSONText.of(view).utf8))
                as? [String: Any])
        #expect(Set(json.keys) == Set(names))
        #expect(view.lines.count == names.count)
        let text = view.lines.joined(separator: "\n")
        for number in 1...5 as ClosedRange<UInt8> {
            #expect(text.contains(id(number).description), "\(number)")
        }
        for words in [
            "epoch 18", "institution insurer", "issued by hospital", "access or claim-response",
            "action delete", "purpose public health", "basis break glass",
            "outcome serious failure", "PR-03", "happened at or after 2021-01-01",
            "happened before 2021-01-02", "anchored at or after 2021-01-03",
            "anchored before 2021-01-04",
        ] {
            #expect(text.contains(words), "\(words)")
        }
    }

    @Test("a query that names nothing asks for every entry")
    func everything() {
        #expect(QueryView(Query()).lines == ["  query   every entry"])
        #expect(JSONText.of(QueryView(Query())) == "{}")
    }

    @Test("a verifier is told that an answer that was handed to it is a narrow one")
    func report() async throws {
        let folder = try TemporaryFolder()
        let node = try OneVote(folder.path + "/n")
        let out = folder.path + "/trail.answer"
        try await OneVote.live([node]) { _ in
            try await LyingServer.run([
                "query", "patient", OneVote.patients[0].description, "--kind", "access",
                "--node", node.place.file, "--out", out,
            ])
        }
        let report = try VerifyReport(
            try Files.read(out), try Auditor(genesis: try node.place.genesis))
        #expect(report.holds && report.answer?.matching == 0)
        #expect(report.answer?.query.kinds == ["access"])
        #expect(JSONText.of(report).contains(#""kinds":["access"]"#))
        #expect(report.lines.contains { $0.hasSuffix("and kind access") })
        #expect(report.lines.contains { $0.contains("patient \(OneVote.patients[0])") })
    }
}
