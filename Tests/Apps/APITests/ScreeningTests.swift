import Foundation
import FoundationNetworking
import Ledger
import Logging
import Node
import Primitives
import RuleLanguage
import SampleRules
import Storage
import Supervision
import Testing

@testable import API

@Suite("Screening of claims")
struct ScreeningTests {
    /// A claim above an amount, of a patient of whom there is no record.
    private static let rule = Rule.claimsWithoutRecord(amount: .ofClaim("total"))

    private static let claim = """
        {"resourceType": "Claim", "id": "screened-1", "status": "active", "use": "claim",
         "type": {"coding": [{"code": "institutional"}]},
         "patient": {"reference": "Patient/p1"}, "provider": {"reference": "Organization/o1"},
         "billablePeriod": {"start": "2026-01-05T10:00:00Z", "end": "2026-01-05T10:30:00Z"},
         "created": "2026-01-05T11:00:00Z",
         "insurance": [{"sequence": 1, "focal": true, "coverage": {"display": "private"}}],
         "item": [{"sequence": 1, "productOrService":
           {"coding": [{"system": "http://snomed.info/sct", "code": "185349003"}]},
           "net": {"value": 265.52, "currency": "USD"}}],
         "total": {"value": 265.52, "currency": "USD"}}
        """

    private struct Answer: Decodable {
        let verdict: String
        let findings: [Finding]
        let claimed: String?
        let isPatientKnown: Bool
        let asOf: Mark
        let rules: [Named]

        struct Finding: Decodable {
            let rule: String
            let ruleHash: String
            let result: String
            let reason: String
            let amount: String?
            let leaves: [UInt64]
        }

        struct Mark: Decodable {
            let height: UInt64
        }

        struct Named: Decodable {
            let id: String
            let hash: String
        }
    }

    private func post(
        _ base: String, _ body: String, _ type: String = "application/fhir+json"
    ) async throws -> (status: Int, data: Data) {
        var request = URLRequest(url: try #require(URL(string: base + "/screen")))
        request.httpMethod = "POST"
        request.setValue(type, forHTTPHeaderField: "Content-Type")
        request.httpBody = Data(body.utf8)
        let (data, response) = try await URLSession.patient()
            .data(for: request)
        return (try #require(response as? HTTPURLResponse).statusCode, data)
    }

    /// A node whose peers never come, with its door; it ends with the body.
    private func withDoor(
        rules: Bool = true, _ body: (Node, String) async throws -> Void
    ) async throws {
        let own = try #require(InstitutionID("insurer"))
        let version = RuleVersion(id: "CE-01", hash: Self.rule.hash, runners: [own])
        let lone = try LoneNode(rules: rules ? [version] : []) { configuration in
            guard rules else { return }
            let folder = configuration.data + "-rules"
            try SmallFile.write(
                Self.rule.encode(), to: folder + "/\(Self.rule.hash).rule")
            configuration.rules = folder
        }
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        try await lone.node.start()
        let door = try #require(
            try await Door.open(lone.configuration, of: lone.node, logger: logger))
        do {
            try await body(lone.node, "http://127.0.0.1:\(door.port)")
        } catch {
            lone.node.stop()
            throw error
        }
        await door.close()
        lone.node.stop()
        try await lone.node.run()
    }

    @Test("a node that is cut off judges a claim at once, and keeps nothing of it")
    func cutOff() async throws {
        try await withDoor { node, base in
            for _ in 0..<2 {
                let (status, data) = try await post(base, Self.claim)
                #expect(status == 200)
                let answer = try JSONDecoder().decode(Answer.self, from: data)
                #expect(answer.verdict == "findings" && answer.findings.count == 1)
                let finding = try #require(answer.findings.first)
                #expect(finding.rule == "CE-01" && finding.result == "suspicious")
                #expect(finding.reason == "no record of the patient")
                #expect(finding.ruleHash == Self.rule.hash.description)
                #expect(finding.amount == answer.claimed && answer.claimed?.isEmpty == false)
                #expect(finding.leaves.isEmpty, "it rests on the claim alone")
                #expect(!answer.isPatientKnown && answer.asOf.height == 0)
                #expect(answer.rules.map(\.id) == ["CE-01"])
                #expect(answer.rules.map(\.hash) == [Self.rule.hash.description])
            }
            let status = try #require(try await node.deskStatus())
            #expect(status.openCount == 0 && status.standingCount == 0)
            #expect(status.orphanCount == 0)
        }
    }

    @Test(
        "what is no claim is answered with the element that is wrong",
        arguments: [
            ("{", 422, "JSON"), ("[]", 422, "a resource"),
            ("{\"resourceType\": \"Patient\"}", 422, "Claim"),
            ("{\"resourceType\": \"Claim\", \"id\": \"x\"}", 422, "Claim."),
            ("{\"resourceType\": \"Bundle\", \"entry\": []}", 422, "a Claim"),
        ])
    func malformed(_ body: String, _ right: Int, _ words: String) async throws {
        try await withDoor { _, base in
            let (status, data) = try await post(base, body)
            #expect(status == right)
            #expect(String(decoding: data, as: UTF8.self).contains(words))
        }
    }

    @Test("a node without rules says so")
    func noRules() async throws {
        try await withDoor(rules: false) { _, base in
            let statuses = [
                try await post(base, Self.claim).status,
                try await post(base, Self.claim, "text/plain").status,
            ]
            #expect(statuses == [503, 415])
        }
    }
}
