internal import Foundation
internal import FoundationNetworking

/// Asks a web server, or reads a folder that has the same files; follows no redirection.
struct WebClient {
    private let base: URL
    private let token: String?

    struct Answer {
        let status: Int
        let body: [UInt8]
        fileprivate let response: HTTPURLResponse?

        func header(_ name: String) -> String? { response?.value(forHTTPHeaderField: name) }

        /// The body, where it is text.
        var text: String? { String(validating: body, as: UTF8.self) }
    }

    /// A client of what lies under this URL, or under this folder.
    init(_ place: String, token: String? = nil) throws(Failure) {
        let trimmed = place.hasSuffix("/") ? String(place.dropLast()) : place
        guard trimmed.hasPrefix("http://") || trimmed.hasPrefix("https://") else {
            base = URL(filePath: trimmed)
            self.token = token
            return
        }
        guard let url = URL(string: trimmed) else {
            throw Failure(.usage, "\(place) is no URL")
        }
        base = url
        self.token = token
    }

    /// Gets what lies at a path, which begins with a slash or not.
    func get(_ path: String) async throws(Failure) -> Answer {
        guard !base.isFileURL else {
            return Answer(
                status: 200, body: try Files.read(base.appending(path: path).path), response: nil)
        }
        return try await ask(request(path))
    }

    /// The bytes at a path; anything else than status 200 is a failure.
    func bytes(_ path: String) async throws(Failure) -> [UInt8] {
        let answer = try await get(path)
        guard answer.status == 200 else {
            throw Failure(.refused, "\(base)/\(path) is answered with \(answer.status)")
        }
        return answer.body
    }

    func post(_ path: String, _ body: [UInt8], type: String) async throws(Failure) -> Answer {
        var request = try request(path)
        request.httpMethod = "POST"
        request.httpBody = Data(body)
        request.setValue(type, forHTTPHeaderField: "Content-Type")
        return try await ask(request)
    }

    private func request(_ path: String) throws(Failure) -> URLRequest {
        let separator = path.hasPrefix("/") ? "" : "/"
        guard let url = URL(string: base.absoluteString + separator + path) else {
            throw Failure(.refused, "\(path) is no path")
        }
        var request = URLRequest(url: url)
        request.timeoutInterval = 60
        if let token { request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization") }
        return request
    }

    private func ask(_ request: URLRequest) async throws(Failure) -> Answer {
        do {
            let session = URLSession(
                configuration: .ephemeral, delegate: StayingDelegate(), delegateQueue: nil)
            defer { session.finishTasksAndInvalidate() }
            let (data, response) = try await session.data(for: request)
            let http = response as? HTTPURLResponse
            return Answer(status: http?.statusCode ?? 0, body: [UInt8](data), response: http)
        } catch {
            throw Failure(
                .unreachable, "\(base) does not answer: \((error as NSError).localizedDescription)")
        }
    }
}

/// Follows no redirection: who asks looks at each answer.
private final class StayingDelegate: NSObject, URLSessionTaskDelegate, Sendable {
    func urlSession(
        _ session: URLSession, task: URLSessionTask,
        willPerformHTTPRedirection response: HTTPURLResponse, newRequest request: URLRequest,
        completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        completionHandler(nil)
    }
}
