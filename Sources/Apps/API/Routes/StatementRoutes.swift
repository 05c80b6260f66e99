internal import Cryptography
internal import Ledger
internal import Node
internal import Primitives
internal import Records
internal import Transport

/// The SCITT Reference API over `statement` entries: registers signed statements, hands out
/// receipts and keys.
///
/// Source: draft-ietf-scitt-scrapi-10; what is where, says `docs/scitt.md`.
struct StatementRoutes: Sendable {
    let node: Node

    /// The media type of statements and receipts (RFC 9052, section 2).
    private static let cose = "application/cose"
    private static let cbor = "application/cbor"
    /// How long a client should wait before it asks again, in seconds.
    private static let retrySeconds = "1"

    var all: [Route] {
        let routes = self
        return [
            Route("POST", "/entries", isConcise: true) { request in
                await Self.answering { try await routes.register(request) }
            },
            Route("GET", "/entries/:id", isOpen: true, isConcise: true) { request in
                await Self.answering { try await routes.resolve(request) }
            },
            Route("GET", "/.well-known/scitt-keys", isOpen: true, isConcise: true) { _ in
                await Self.answering { try await routes.keys() }
            },
            Route("GET", "/.well-known/scitt-keys/:kid", isOpen: true, isConcise: true) { request in
                await Self.answering { try await routes.key(request) }
            },
        ]
    }

    /// Why there is no answer, as a Concise Problem Details object.
    private struct Refusal: Error {
        let status: Int
        let title: String
        let detail: String
    }

    private static func answering(
        _ body: () async throws -> HTTPResponse
    ) async -> HTTPResponse {
        do {
            return try await body()
        } catch let refusal as Refusal {
            return .concise(refusal.status, refusal.title, refusal.detail)
        } catch {
            return .concise(503, "Not available", "The node does not answer: \(error)")
        }
    }

    /// Takes a statement in: it has its number, and is anchored soon after.
    private func register(_ request: HTTPRequest) async throws -> HTTPResponse {
        guard request.mediaType == Self.cose || request.mediaType.hasSuffix("+cose") else {
            throw Refusal(
                status: 415, title: "Malformed request",
                detail: "The body must be a COSE_Sign1, as \(Self.cose)")
        }
        let statement: StatementBody
        do throws(CBORError) {
            statement = try StatementBody(emptying: request.body)
        } catch {
            throw Refusal(
                status: 400, title: "Malformed request",
                detail: "The body is no COSE_Sign1 that can be registered: \(error)")
        }
        guard StatementKey.Algorithm(rawValue: statement.header.algorithm) != nil else {
            throw Refusal(
                status: 400, title: "Bad Signature Algorithm",
                detail: "\(StatementRefusal.algorithm(statement.header.algorithm))")
        }
        let submission = Submission(
            kind: .statement, eventTime: Entry(statement).eventTime, body: .statement(statement),
            reference: OpaqueID(prefixOf: SHA256.hash(statement.bytes)))
        let number: UInt64
        do {
            let answer = try await node.ask(
                .submit(stream: StreamID(0), submission: submission.encode()))
            var reader = CBORReader(answer)
            number = try reader.unsigned()
        } catch TransportError.refused(let reason) {
            let isBusy = NodeClient.isBusy(.refused(reason))
            throw Refusal(
                status: isBusy ? 503 : 400, title: isBusy ? "Busy" : "Rejected", detail: reason)
        }
        return Self.running(303, "/entries/0-\(number)")
    }

    /// A receipt for a statement that is anchored, or word that it is not yet.
    private func resolve(_ request: HTTPRequest) async throws -> HTTPResponse {
        let id = request.parameters["id"] ?? ""
        let parts = id.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let streamNumber = UInt16(parts[0]), let number = UInt64(parts[1])
        else {
            throw Refusal(
                status: 400, title: "Invalid locator",
                detail: "A locator is a stream and a number, such as 0-17")
        }
        let stream = StreamID(streamNumber)
        var found = try await anchored(stream, number)
        if found == nil {
            if try await isWaiting(stream, number) { return Self.running(302, "/entries/\(id)") }
            // It may have been anchored between the two questions.
            found = try await anchored(stream, number)
        }
        guard let entry = found else { throw Self.unknown(id) }
        guard (try? Entry.decode(entry.entry).kind) == .statement else { throw Self.unknown(id) }
        let receipts = try [ReceiptAnswer].decode(
            try await node.ask(.receipts(leaf: entry.leafIndex)))
        let own = receipts.first { $0.voter == node.institution } ?? receipts.first
        guard let own else { throw Self.unknown(id) }
        return HTTPResponse(
            200, Self.cose,
            request.query == "receipts=all"
                ? Self.transparent(entry.entry, receipts) : own.receipt,
            headers: [("location", "/entries/\(id)")])
    }

    /// The statement with every validator's receipt in its unprotected header: a Transparent
    /// Statement (RFC 9943), of which more than 2/3 of the power is finality.
    private static func transparent(
        _ statement: [UInt8], _ receipts: [ReceiptAnswer]
    ) -> [UInt8] {
        guard let body = try? StatementBody(decoding: statement[...]) else { return statement }
        return body.encode(receipts: receipts.map(\.receipt))
    }

    /// The entry under a number; nil where none is anchored.
    private func anchored(_ stream: StreamID, _ number: UInt64) async throws -> EntryAnswer? {
        do {
            return try EntryAnswer.decode(
                try await node.ask(.entryByNumber(node.institution, stream, number: number)))
        } catch TransportError.refused {
            return nil
        }
    }

    /// Whether the number is given out and not anchored yet.
    private func isWaiting(_ stream: StreamID, _ number: UInt64) async throws -> Bool {
        let outbox = try await node.status().outboxes.first { $0.stream == stream }
        guard let outbox, number < outbox.nextNumber else { return false }
        return number + outbox.waiting >= outbox.nextNumber
    }

    /// Every key that signs receipts or did: those of all validators that there were.
    private func keys() async throws -> HTTPResponse {
        let keys = try await validatorKeys()
        var writer = CBORWriter(reservingCapacity: 128 * keys.count)
        writer.array(keys.count)
        for key in keys { writer.coseKey(key) }
        return HTTPResponse(200, Self.cbor, writer.bytes)
    }

    private func key(_ request: HTTPRequest) async throws -> HTTPResponse {
        let kid = request.parameters["kid"] ?? ""
        let wanted = Base64URL.decode(kid).flatMap { KeyID($0) }
        guard let key = try await validatorKeys().first(where: { $0.keyID == wanted }) else {
            throw Refusal(
                status: 404, title: "No such key",
                detail: "No key could be found for this kid value; it is base64url here")
        }
        var writer = CBORWriter(reservingCapacity: 128)
        writer.coseKey(key)
        return HTTPResponse(200, Self.cbor, writer.bytes)
    }

    private func validatorKeys() async throws -> [PublicKey] {
        let answer = try await node.ask(.validatorKeys)
        var reader = CBORReader(answer)
        var keys: [PublicKey] = []
        for _ in 0..<(try reader.array(atMost: 65_536)) { keys.append(try reader.publicKey()) }
        return keys
    }

    private static func unknown(_ id: String) -> Refusal {
        Refusal(
            status: 404, title: "Not Found",
            detail: "Receipt with entry ID \(id) not known to this Transparency Service")
    }

    private static func running(_ status: Int, _ location: String) -> HTTPResponse {
        HTTPResponse(
            status, cose, [], headers: [("location", location), ("retry-after", retrySeconds)])
    }
}

extension CBORWriter {
    /// A public key on secp256k1 as a COSE_Key (RFC 9052, section 7; RFC 8812).
    fileprivate mutating func coseKey(_ key: PublicKey) {
        let point = key.uncompressed
        map(6)
        integer(1)
        integer(2)
        integer(2)
        bytes(key.keyID.bytes)
        integer(3)
        integer(-47)
        integer(-1)
        integer(8)
        integer(-2)
        bytes(point[1..<33])
        integer(-3)
        bytes(point[33...])
    }
}

/// Base64 for URLs, without padding (RFC 7515, section 2).
enum Base64URL {
    private static let digits = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// The bytes, or nil where the text is no such encoding.
    static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for character in text.utf8 {
            guard let digit = digits.firstIndex(of: character) else { return nil }
            bits = bits << 6 | UInt32(digit)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return count < 6 && bits & (1 << UInt32(count) - 1) == 0 ? bytes : nil
    }
}
