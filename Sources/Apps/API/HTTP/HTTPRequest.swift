/// One request, whole.
public struct HTTPRequest: Sendable {
    /// `GET`, `POST` or another.
    public let method: String
    /// The path without the query, percent-encoded as it came.
    public let path: String
    /// What stands after the question mark; empty where there is none.
    public let query: String
    /// Names in lower case, with their values, as they came.
    public let headers: [(name: String, value: String)]
    public let body: [UInt8]
    /// What the route's `:name` segments stand for in this path.
    public var parameters: [String: String] = [:]

    public init(
        method: String, target: String, headers: [(name: String, value: String)] = [],
        body: [UInt8] = []
    ) {
        self.method = method
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = parts.first.map(String.init) ?? "/"
        query = parts.count > 1 ? String(parts[1]) : ""
        self.headers = headers.map { ($0.name.lowercased(), $0.value) }
        self.body = body
    }

    /// The first value of a header, its name in lower case.
    public func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }

    /// The media type of the body, in lower case and without its parameters.
    public var mediaType: String {
        let value = header("content-type") ?? ""
        return value.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
    }
}
