/// What answers one method on one path.
public struct Route: Sendable {
    public let method: String
    /// Segments between slashes; one that begins with a colon stands for any segment.
    public let path: String
    /// Whether everybody who reaches the door may ask, where others need the door's token.
    public let isOpen: Bool
    /// Whether refusals on and below its path are Concise Problem Details (CBOR, RFC 9290), where
    /// others are JSON.
    public let isConcise: Bool
    /// Whether a body may be of any type, also one that a browser sends for any page: where nothing
    /// is changed that the asker's place or standing would matter for.
    public let takesAnyType: Bool
    public let answer: @Sendable (HTTPRequest) async -> HTTPResponse

    /// A route of `method` on `path`, such as `GET` on `/entries/:id`.
    public init(
        _ method: String, _ path: String, isOpen: Bool = false, isConcise: Bool = false,
        takesAnyType: Bool = false,
        _ answer: @escaping @Sendable (HTTPRequest) async -> HTTPResponse
    ) {
        self.method = method
        self.path = path
        self.isOpen = isOpen
        self.isConcise = isConcise
        self.takesAnyType = takesAnyType
        self.answer = answer
    }

    /// Whether a path begins with the segments of this route's before the first with a colon.
    func covers(_ path: String) -> Bool {
        let fixed = self.path.split(separator: "/").prefix { !$0.hasPrefix(":") }
        return path.split(separator: "/").starts(with: fixed)
    }

    /// What the segments with a colon stand for in `path`, or nil where it is not this route's.
    func parameters(of path: String) -> [String: String]? {
        let wanted = self.path.split(separator: "/")
        let found = path.split(separator: "/", omittingEmptySubsequences: true)
        guard wanted.count == found.count else { return nil }
        var parameters: [String: String] = [:]
        for (pattern, segment) in zip(wanted, found) {
            if pattern.hasPrefix(":") {
                parameters[String(pattern.dropFirst())] = String(segment)
            } else if pattern != segment {
                return nil
            }
        }
        return parameters
    }
}
