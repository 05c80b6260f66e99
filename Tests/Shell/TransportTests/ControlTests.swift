internal import Foundation
internal import Testing

@testable import Transport

@Suite("Control socket", .timeLimit(.minutes(30)))
struct ControlTests {
    private let directory = NSTemporaryDirectory() + "c-" + UUID().uuidString.prefix(8)
    private var path: String { directory + "/control" }

    init() throws {
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
    }

    /// Holds back the answer to [1] until [2] has come; refuses []; streams for [3].
    private func server(openRequestsMax: Int = 4_096) -> ControlServer {
        let held = Recorder<Responder>()
        return ControlServer(path: path, openRequestsMax: openRequestsMax) { request, responder in
            switch request.body.first {
            case 1: held.record(responder)
            case 2:
                responder.respond([20])
                Task {
                    let first = await held.first { _ in true }
                    first?.respond([10])
                }
            case 3:
                for number in UInt8(1)...3 { _ = responder.emit([number]) }
                responder.respond([0])
            default: responder.refuse("nothing was asked")
            }
        }
    }

    @Test func isForItsOwnerOnly() async throws {
        let server = server()
        try await server.start()
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        await server.stop()
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func answersConcurrentRequestsInAnyOrder() async throws {
        let server = server()
        try await server.start()
        let client = try await ControlClient(path: path)
        async let first = client.request([1])
        async let second = client.request([2])
        #expect(try await Array(second) == [20])
        #expect(try await Array(first) == [10])
        await #expect(throws: TransportError.refused("nothing was asked")) {
            try await client.request([])
        }
        await client.close()
        await server.stop()
    }

    /// A client that asks without end is told so, answer by answer; the others are not held up.
    @Test func refusesTheRequestsOfAClientThatHasTooManyUnderWay() async throws {
        let server = server(openRequestsMax: 2)
        try await server.start()
        let (greedy, modest) = (
            try await ControlClient(path: path), try await ControlClient(path: path)
        )
        let answers = Recorder<Result<[UInt8], TransportError>>()
        for _ in 0..<3 {
            greedy.request([1]) { result in answers.record(result.map { Array($0) }) }
        }
        guard case .failure(.refused(let reason)) = await answers.first(where: { _ in true })
        else {
            Issue.record("the third was not refused")
            return
        }
        #expect(reason.hasPrefix(Responder.busyPrefix + "2 requests"))
        for _ in 0..<2 {
            #expect(try await Array(modest.request([2])) == [20])
            #expect(await answers.first { _ in true } == .success([10]))
        }
        // There is room again.
        #expect(try await Array(greedy.stream([3]).first { $0 == [0] } ?? []) == [0])
        await greedy.close()
        await modest.close()
        await server.stop()
    }

    @Test func streamsPartialAnswers() async throws {
        let server = server()
        try await server.start()
        let client = try await ControlClient(path: path)
        var parts: [[UInt8]] = []
        for try await part in client.stream([3]) { parts.append(Array(part)) }
        #expect(parts == [[1], [2], [3], [0]])
        await client.close()
        await server.stop()
    }

    @Test func endsWhatWaitsWhenTheNodeStops() async throws {
        let server = server()
        try await server.start()
        let client = try await ControlClient(path: path)
        let waiting = Task { try await client.request([1]) }
        #expect(try await Array(client.stream([3]).first { $0 == [0] } ?? []) == [0])
        await server.stop()
        await #expect(throws: TransportError.self) { try await waiting.value }
        await client.close()
    }

    @Test func takesTheWayOfASocketThatWasLeftBehind() async throws {
        try Data([1]).write(to: URL(fileURLWithPath: directory + "/other"))
        let first = server()
        try await first.start()
        let second = server()
        try await second.start()
        let client = try await ControlClient(path: path)
        #expect(try await Array(client.request([2])) == [20])
        await client.close()
        await first.stop()
        await second.stop()
    }

    @Test func saysWhereNobodyListens() async {
        await #expect(throws: TransportError.self) { try await ControlClient(path: path) }
    }

    @Test func refusesAPathThatIsTooLong() async {
        let long = ControlServer(path: "/tmp/" + String(repeating: "x", count: 120)) { _, _ in }
        await #expect(throws: TransportError.self) { try await long.start() }
        await long.stop()
    }
}
