internal import ArgumentParser
internal import Foundation
internal import Node
internal import Primitives
internal import Testing
internal import Transport

@testable import custos

/// What a server does to the questions that it hands on, and to the answers that it hands back.
struct Lie: Sendable {
    let name: String
    /// One of these stands in the refusal.
    var words: [String] = []
    /// The question that is asked of the honest node instead.
    var question: @Sendable (ControlRequest) -> ControlRequest = { $0 }
    /// The answer that is given instead; nil for a refusal.
    var answer: @Sendable (ControlRequest, [UInt8]) -> [UInt8]? = { $1 }
    /// What is answered without asking; nil to ask.
    var invention: @Sendable (ControlRequest) -> [UInt8]? = { _ in nil }

    static let none = Lie(name: "no lie")
}

/// A control server before a node that runs, which lies about what that node says.
final class LyingServer {
    /// The folder that a command names with `--node`.
    let place: String
    private let server: ControlServer
    private let node: NodeClient

    init(before node: NodePlace, in folder: String, _ lie: Lie) async throws {
        place = "\(folder)/\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(
            atPath: place, withIntermediateDirectories: true)
        var configuration = node.configuration
        let socket = place + "/c"
        configuration.control = socket
        try configuration.write(to: place + "/node.json")
        let client = try await node.connect()
        self.node = client
        server = ControlServer(path: socket) { message, responder in
            guard let asked = try? ControlRequest.decode(message.body) else {
                return responder.refuse("that is no question")
            }
            if let made = lie.invention(asked) { return responder.respond(made) }
            client.control.request(lie.question(asked).encoded) { result in
                switch result {
                case .success(let bytes):
                    guard let answer = lie.answer(asked, Array(bytes)) else {
                        return responder.refuse("no")
                    }
                    responder.respond(answer)
                case .failure(.refused(let reason)): responder.refuse(reason)
                case .failure(let error): responder.refuse("\(error)")
                }
            }
        }
        try await server.start()
    }

    func stop() async {
        await server.stop()
        await node.close()
    }

    /// Runs a command against a server that lies so; expects that it is refused with the reason,
    /// or, where nothing is a lie, that it is done.
    static func tell(
        _ lie: Lie, about node: OneVote, in folder: String, _ command: [String]
    ) async throws {
        try await tell(lie, about: node.place, in: folder, command)
    }

    /// The same about the node of a place, of whatever ledger.
    static func tell(
        _ lie: Lie, about node: NodePlace, in folder: String, _ command: [String]
    ) async throws {
        let server = try await LyingServer(before: node, in: folder, lie)
        let arguments = command + ["--node", server.place]
        await expect(lie.words, "\(lie.name): \(command)") {
            try await Self.run(arguments)
        }
        await server.stop()
    }

    /// Runs a command line as the program does.
    static func run(_ arguments: [String]) async throws {
        var command = try Custos.parseAsRoot(arguments)
        if var waiting = command as? any AsyncParsableCommand {
            try await waiting.run()
        } else {
            try command.run()
        }
    }

    /// Expects that something is refused in one of these words; without words, that it is done.
    static func expect(
        _ words: [String], _ what: String, _ body: () async throws -> Void
    ) async {
        do {
            try await body()
            if !words.isEmpty { Issue.record("believed: \(what)") }
        } catch let failure as Failure {
            if words.isEmpty {
                Issue.record("refused, and should not be: \(what): \(failure.message)")
            } else {
                #expect(failure.ending == .refused, "\(what): \(failure.message)")
                #expect(
                    words.contains { failure.message.contains($0) },
                    "\(what): \(failure.message)")
            }
        } catch {
            Issue.record("\(what): \(error)")
        }
    }
}
