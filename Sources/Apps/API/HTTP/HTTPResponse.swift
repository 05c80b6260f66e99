internal import Foundation
internal import Primitives

/// One answer.
public struct HTTPResponse: Sendable {
    public var status: Int
    public var mediaType: String
    public var body: [UInt8]
    /// Headers beside those of the body.
    public var headers: [(name: String, value: String)]

    public init(
        _ status: Int, _ mediaType: String, _ body: [UInt8],
        headers: [(name: String, value: String)] = []
    ) {
        self.status = status
        self.mediaType = mediaType
        self.body = body
        self.headers = headers
    }

    public static func text(_ text: String, status: Int = 200) -> HTTPResponse {
        HTTPResponse(status, "text/plain; charset=utf-8", Array(text.utf8))
    }

    /// A value as JSON, its members in alphabetical order.
    public static func json(_ value: some Encodable, status: Int = 200) -> HTTPResponse {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else {
            return problem(500, "The answer cannot be written as JSON.")
        }
        return HTTPResponse(status, "application/json", [UInt8](data))
    }

    /// Why there is no answer, as RFC 9457 has it.
    public static func problem(
        _ status: Int, _ detail: String, headers: [(name: String, value: String)] = []
    ) -> HTTPResponse {
        var response = json(Problem(status: status, detail: detail), status: status)
        response.mediaType = "application/problem+json"
        response.headers = headers
        return response
    }

    /// Why there is no answer, as RFC 9290 has it: title and detail.
    static func concise(_ status: Int, _ title: String, _ detail: String) -> HTTPResponse {
        var writer = CBORWriter(reservingCapacity: 256)
        writer.map(2)
        writer.integer(-1)
        writer.text(title)
        writer.integer(-2)
        writer.text(detail)
        return HTTPResponse(status, "application/concise-problem-details+cbor", writer.bytes)
    }

    private struct Problem: Encodable {
        let status: Int
        let detail: String
    }
}
