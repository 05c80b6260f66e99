internal import Cryptography

/// Finds the route of a request, and keeps out whom the door is not for.
public struct Router: Sendable {
    private let routes: [Route]
    private let token: [UInt8]?
    private let isLoopback: Bool

    /// A router of these routes.
    ///
    /// - Parameters:
    ///   - routes: the first that fits a request answers it.
    ///   - token: what a request must bear (`Authorization: Bearer …`) on routes that are not open.
    ///   - isLoopback: whether only this machine reaches the door. Then a request must name this
    ///     machine as its host, so that no page in a browser here reaches it under a foreign name.
    public init(_ routes: [Route], token: String? = nil, isLoopback: Bool = true) {
        self.routes = routes
        self.token = token.map { Array($0.utf8) }
        self.isLoopback = isLoopback
    }

    public func answer(_ request: HTTPRequest) async -> HTTPResponse {
        if isLoopback, !Router.isLocal(request.header("host")) {
            return refusal(of: request, 421, "This door answers for localhost only.")
        }
        var methods: Set<String> = []
        for route in routes {
            guard let parameters = route.parameters(of: request.path) else { continue }
            methods.insert(route.method)
            guard route.method == request.method else { continue }
            guard route.isOpen || mayPass(request) else {
                return refusal(
                    of: request, 401, "This route needs the door's token.",
                    headers: [("www-authenticate", "Bearer")])
            }
            guard route.takesAnyType || !Router.isSimple(request) else {
                return refusal(
                    of: request, 415,
                    "Say in Content-Type what the body is, such as application/json.")
            }
            var request = request
            request.parameters = parameters
            return await route.answer(request)
        }
        guard methods.isEmpty else {
            let allowed = methods.sorted().joined(separator: ", ")
            return refusal(
                of: request, 405, "\(request.path) takes \(allowed), not \(request.method).",
                headers: [("allow", allowed)])
        }
        let known = routes.map { "\($0.method) \($0.path)" }.joined(separator: ", ")
        return refusal(
            of: request, 404, "There is no \(request.path) here; there are \(known).")
    }

    /// Why a request is not answered, in the form that its path's routes have.
    private func refusal(
        of request: HTTPRequest, _ status: Int, _ detail: String,
        headers: [(name: String, value: String)] = []
    ) -> HTTPResponse {
        guard routes.contains(where: { $0.isConcise && $0.covers(request.path) }) else {
            return .problem(status, detail, headers: headers)
        }
        var response = HTTPResponse.concise(status, Router.title(status), detail)
        response.headers = headers
        return response
    }

    private static func title(_ status: Int) -> String {
        switch status {
        case 401: "Not authorized"
        case 404: "Not Found"
        case 405: "Method not allowed"
        case 415: "Malformed request"
        default: "Misdirected request"
        }
    }

    /// A body that a browser sends for any page, without asking first, is not taken.
    private static func isSimple(_ request: HTTPRequest) -> Bool {
        guard request.method == "POST" else { return false }
        return [
            "", "text/plain", "multipart/form-data", "application/x-www-form-urlencoded",
        ].contains(request.mediaType)
    }

    private func mayPass(_ request: HTTPRequest) -> Bool {
        guard let token else { return true }
        let found = Array((request.header("authorization") ?? "").utf8)
        return ConstantTime.areEqual(found, Array("Bearer ".utf8) + token)
    }

    private static func isLocal(_ host: String?) -> Bool {
        guard let host else { return false }
        if host.hasPrefix("[::1]") { return true }
        let name = host.prefix { $0 != ":" }.lowercased()
        return name == "localhost" || name == "127.0.0.1"
    }
}
