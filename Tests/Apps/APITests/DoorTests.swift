import Foundation
import FoundationNetworking
import Logging
import Node
import Storage
import Testing

@testable import API

@Suite("The door of a node")
struct DoorTests {
    private static let logger: Logger = {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }()

    private func get(_ base: String, _ path: String) async throws -> (Int, String) {
        let url = try #require(URL(string: base + path))
        let (data, response) = try await URLSession.patient().data(from: url)
        let status = try #require(response as? HTTPURLResponse).statusCode
        return (status, String(decoding: data, as: UTF8.self))
    }

    @Test("a node that no peer reaches is healthy, ready, and gives its numbers")
    func health() async throws {
        let lone = try LoneNode()
        try await lone.node.start()
        let door = try #require(
            try await Door.open(lone.configuration, of: lone.node, logger: Self.logger))
        let base = "http://127.0.0.1:\(door.port)"
        #expect(try await get(base, "/healthz").0 == 200)
        let ready = try await get(base, "/readyz")
        #expect(ready.0 == 200 && ready.1.contains("\"isReady\":true"))
        // It is one of four: what is handed in now is numbered, and not anchored.
        let submission = try await get(base, "/readyz?for=submit")
        #expect(submission.0 == 503 && submission.1.contains("power 10 of 40 is reached from here"))
        #expect(try await get(base, "/readyz?for=fun").0 == 400)
        let metrics = try await get(base, "/metrics")
        #expect(metrics.0 == 200 && metrics.1.contains("\ncustos_height 0\n"))
        #expect(metrics.1.contains("\ncustos_findings_open 0\n"))
        lone.node.stop()
        try await lone.node.run()
        // The node has ended, the door has not: it says so, and does not hang.
        #expect(try await get(base, "/healthz").0 == 503)
        await door.close()
    }

    @Test("a door for other machines does not open without a token")
    func token() async throws {
        let lone = try LoneNode { $0.http = .init(host: "0.0.0.0", port: 0) }
        await #expect(throws: DoorError.tokenMissing(host: "0.0.0.0")) {
            _ = try await Door.open(lone.configuration, of: lone.node, logger: Self.logger)
        }
        let path = lone.folder + "/token"
        try SmallFile.write(Array("short".utf8), to: path)
        var configuration = lone.configuration
        configuration.http?.token = path
        await #expect(throws: DoorError.tokenShort(path)) {
            _ = try await Door.open(configuration, of: lone.node, logger: Self.logger)
        }
    }
}
