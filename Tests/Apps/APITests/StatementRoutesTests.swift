import Cryptography
import Foundation
import FoundationNetworking
import Ledger
import Logging
import Node
import Primitives
import Records
import Strangers
import Testing
import Transport

@testable import API

/// The SCITT Reference API, over a network of one vote, whose ledger goes on by itself.
@Suite("Statements over HTTP", .timeLimit(.minutes(30)))
struct StatementRoutesTests {
    private static let concise = "application/concise-problem-details+cbor"

    private struct Answer {
        let status: Int
        let mediaType: String
        let location: String?
        let retryAfter: String?
        let body: [UInt8]

        /// The title of a concise problem.
        var title: String? {
            var reader = CBORReader(body)
            guard (try? reader.map(atMost: 2)) == 2, (try? reader.integer()) == -1 else {
                return nil
            }
            return try? reader.text()
        }
    }

    /// Follows no redirection: a test looks at each answer.
    private final class NoRedirect: NSObject, URLSessionTaskDelegate, Sendable {
        func urlSession(
            _ session: URLSession, task: URLSessionTask,
            willPerformHTTPRedirection response: HTTPURLResponse, newRequest request: URLRequest,
            completionHandler: @escaping @Sendable (URLRequest?) -> Void
        ) {
            completionHandler(nil)
        }
    }

    private func ask(
        _ base: String, _ path: String, _ body: [UInt8]? = nil,
        type: String = "application/cose"
    ) async throws -> Answer {
        var request = URLRequest(url: try #require(URL(string: base + path)))
        if let body {
            request.httpMethod = "POST"
            request.httpBody = Data(body)
            request.setValue(type, forHTTPHeaderField: "Content-Type")
        }
        let session = URLSession.patient(delegate: NoRedirect())
        let (data, response) = try await session.data(for: request)
        let http = try #require(response as? HTTPURLResponse)
        return Answer(
            status: http.statusCode,
            mediaType: http.value(forHTTPHeaderField: "content-type") ?? "",
            location: http.value(forHTTPHeaderField: "location"),
            retryAfter: http.value(forHTTPHeaderField: "retry-after"), body: [UInt8](data))
    }

    /// Lets governance know the issuer of statements; there is one vote.
    private static func register(_ issuer: String, at lone: LoneNode) async throws {
        let proposal = GovernanceProposal(
            action: .setStatementIssuer(
                StatementIssuer(
                    name: issuer,
                    keys: [try StatementKey(.es256k, try SignedStatement.key.publicKey.bytes)])),
            expiry: Height(1_000), reason: "a test")
        let signer = GovernanceSigner(
            ledger: lone.genesis.ledger, institution: lone.node.institution,
            keys: [try lone.governKey()])
        let submission = Submission(
            kind: .governance, eventTime: Timestamp(milliseconds: 1_700_000_000_000),
            body: .governance(signer.propose(proposal)))
        var reader = CBORReader(
            try await lone.node.ask(
                .submit(stream: StreamID(0), submission: submission.encode())))
        let number = try reader.unsigned()
        _ = try await lone.node.ask(
            .waitForEntry(lone.node.institution, StreamID(0), number: number))
    }

    @Test("a statement is registered, and its receipt leads from its own bytes to a signed root")
    func registers() async throws {
        let lone = try LoneNode(votesAlone: true)
        try await lone.node.start()
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let door = try #require(
            try await Door.open(lone.configuration, of: lone.node, logger: logger))
        let base = "http://127.0.0.1:\(door.port)"
        let bytes = try SignedStatement.bytes(issuer: "lab.example")
        let unknown = try await ask(base, "/entries", bytes)
        #expect(unknown.status == 400 && unknown.title == "Rejected")
        #expect(unknown.mediaType == Self.concise)
        try await Self.register("lab.example", at: lone)

        let accepted = try await ask(base, "/entries", bytes)
        #expect(accepted.status == 303 && accepted.retryAfter == "1" && accepted.body.isEmpty)
        let location = try #require(accepted.location)
        // The same statement has its number already.
        #expect(try await ask(base, "/entries", bytes).location == location)
        var answer = try await ask(base, location)
        while answer.status == 302 { answer = try await ask(base, location) }
        #expect(answer.status == 200 && answer.mediaType == "application/cose")
        #expect(answer.location == location)
        let receipt = try COSEReceipt(decoding: answer.body)
        let own = try #require(lone.genesis.institutions.first { $0.power > 0 }?.consensusKey)
        #expect(throws: Never.self) {
            _ = try receipt.verify(leafHash: SHA256.leaf(bytes), by: own)
        }
        #expect(throws: (any Error).self) {
            _ = try receipt.verify(leafHash: SHA256.leaf(bytes + [0]), by: own)
        }
        let all = try await ask(base, location + "?receipts=all")
        #expect(try StatementBody(emptying: all.body).bytes == bytes)
        try await keys(base, own)
        try await refusals(base)
        await door.close()
        lone.node.stop()
        try await lone.node.run()
    }

    private func keys(_ base: String, _ own: PublicKey) async throws {
        let keys = try await ask(base, "/.well-known/scitt-keys")
        #expect(keys.status == 200 && keys.mediaType == "application/cbor")
        var reader = CBORReader(keys.body)
        #expect(try reader.array(atMost: 9) == 1)
        let kid = Data(own.keyID.bytes).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        let one = try await ask(base, "/.well-known/scitt-keys/" + kid)
        #expect(one.status == 200)
        #expect(keys.body == [0x81] + one.body)
        #expect(Array(one.body.suffix(32)) == Array(own.uncompressed.suffix(32)))
        let none = try await ask(base, "/.well-known/scitt-keys/AAAAAAAAAAAAAAAAAAAAAA")
        #expect(none.status == 404 && none.title == "No such key")
    }

    private func refusals(_ base: String) async throws {
        let other = try SignedStatement.bytes(issuer: "lab.example", algorithm: -35)
        let table: [(Answer, Int, String)] = [
            (try await ask(base, "/entries", other), 400, "Bad Signature Algorithm"),
            (try await ask(base, "/entries", [1, 2]), 400, "Malformed request"),
            (
                try await ask(base, "/entries", [1], type: "application/json"), 415,
                "Malformed request"
            ),
            (try await ask(base, "/entries/seventeen"), 400, "Invalid locator"),
            (try await ask(base, "/entries/0-900"), 404, "Not Found"),
            // The entry of governance is no statement.
            (try await ask(base, "/entries/0-1"), 404, "Not Found"),
        ]
        for (answer, status, title) in table {
            #expect(answer.status == status && answer.title == title)
            #expect(answer.mediaType == Self.concise)
        }
    }

    @Test("base64url without padding, and nothing else")
    func base64() {
        let table: [(String, [UInt8]?)] = [
            ("", []), ("AA", [0]), ("AAE", [0, 1]), ("-_8", [0xfb, 0xff]), ("A", nil),
            ("AB", nil), ("AA=", nil), ("A+", nil), ("AAAA", [0, 0, 0]),
        ]
        for (text, bytes) in table { #expect(Base64URL.decode(text) == bytes, "\(text)") }
    }
}
