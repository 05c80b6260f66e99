import Foundation
import FoundationNetworking
import Testing
import Transport

@testable import API

@Suite("The HTTP server")
struct HTTPServerTests {
    private func serve(
        _ body: (HTTPServer, String) async throws -> Void
    ) async throws {
        let server = HTTPServer { request in
            .text("\(request.method) \(request.path) \(request.body.count)")
        }
        let port = try await server.start(host: "127.0.0.1", port: 0)
        do {
            try await body(server, "http://127.0.0.1:\(port)")
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    @Test("a foreign client is answered, request after request on one connection")
    func answers() async throws {
        try await serve { _, base in
            let session = URLSession.patient()
            for count in [0, 1, 70_000] {
                var request = URLRequest(url: try #require(URL(string: base + "/a/b?c=d")))
                request.httpMethod = "POST"
                request.httpBody = Data(repeating: 7, count: count)
                let (data, response) = try await session.data(for: request)
                #expect(String(decoding: data, as: UTF8.self) == "POST /a/b \(count)")
                #expect((response as? HTTPURLResponse)?.statusCode == 200)
            }
        }
    }

    @Test("a connection beyond those that there may be is closed, and taken when one has gone")
    func crowded() async throws {
        let server = HTTPServer(connectionsMax: 2) { _ in .text("here") }
        let port = try await server.start(host: "127.0.0.1", port: 0)
        let first = try RawClient(port: port)
        let second = try RawClient(port: port)
        for client in [first, second] {
            #expect(await client.ask()?.contains("here") == true)
        }
        let third = try RawClient(port: port)
        #expect(await third.ask() == nil)
        first.close()
        // The server learns of it on a thread of its own: whoever comes too early is turned away.
        var isIn = false
        while !isIn {
            let next = try RawClient(port: port)
            isIn = await next.ask()?.contains("here") == true
            next.close()
        }
        #expect(await second.ask()?.contains("here") == true)
        for client in [second, third] { client.close() }
        await server.stop()
    }

    @Test("a body that is too long is refused, and the server goes on")
    func tooLong() async throws {
        try await serve { _, base in
            let session = URLSession.patient()
            var request = URLRequest(url: try #require(URL(string: base)))
            request.httpMethod = "POST"
            request.httpBody = Data(repeating: 7, count: HTTPServer.bodyBytesMax + 1)
            let refused = try? await session.data(for: request).1 as? HTTPURLResponse
            // A client that is still sending may see the end of the connection instead.
            #expect(refused == nil || refused?.statusCode == 413)
            request.httpBody = Data([1])
            let (data, _) = try await session.data(for: request)
            #expect(String(decoding: data, as: UTF8.self) == "POST / 1")
        }
    }

    @Test("a port in use is a typed error")
    func portInUse() async throws {
        try await serve { _, base in
            let port = try #require(URL(string: base)?.port)
            let second = HTTPServer { _ in .text("") }
            await #expect(throws: TransportError.addressInUse("127.0.0.1:\(port)")) {
                try await second.start(host: "127.0.0.1", port: port)
            }
            await second.stop()
        }
    }
}
