internal import ArgumentParser
internal import Foundation
internal import Ledger
internal import Node
internal import Primitives
internal import Transport

/// Which node a command talks to; there are always the same ways to say it.
struct NodeOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The node: its folder or its node.json (default: $CUSTOS_NODE, or this folder).",
            valueName: "path"))
    var node: String?

    var place: NodePlace {
        get throws(Failure) {
            try NodePlace(node ?? ProcessInfo.processInfo.environment["CUSTOS_NODE"] ?? ".")
        }
    }
}

/// A node on this machine, found by its folder.
struct NodePlace {
    let file: String
    let configuration: NodeConfiguration

    var folder: String { URL(filePath: file).deletingLastPathComponent().path }
    var secrets: SecretFolder { SecretFolder(path: folder) }

    init(_ path: String) throws(Failure) {
        let isFile = path.hasSuffix(".json")
        file = isFile ? path : path + "/" + NodeConfiguration.fileName
        guard Files.isThere(file) else {
            throw Failure(
                .usage, "\(file) is not there; say with --node which node is meant")
        }
        do {
            configuration = try NodeConfiguration.read(file)
        } catch {
            throw Failure(.file, "\(error)")
        }
    }

    var institution: InstitutionID {
        get throws(Failure) {
            guard let id = InstitutionID(configuration.institution) else {
                throw Failure(.file, "\(file): '\(configuration.institution)' is no institution")
            }
            return id
        }
    }

    var genesis: Genesis {
        get throws(Failure) { try Genesis.read(configuration.genesis) }
    }

    func connect() async throws(Failure) -> NodeClient {
        do {
            return try await NodeClient(socket: configuration.controlPath)
        } catch {
            throw Failure(
                .unreachable, "the node of \(configuration.institution) does not run: \(error)")
        }
    }

    /// Asks the node something, and says in the user's words what went wrong.
    func ask<Answer>(
        _ question: (NodeClient) async throws -> Answer
    ) async throws -> Answer {
        let client = try await connect()
        do {
            let answer = try await question(client)
            await client.close()
            return answer
        } catch {
            await client.close()
            throw Failure.of(error, by: configuration.institution)
        }
    }
}

extension Failure {
    /// What a node's answer, or the want of one, means to the user.
    static func of(_ error: any Error, by name: String) -> any Error {
        guard let error = error as? TransportError else { return error }
        if case .refused(let reason) = error {
            return Failure(.refused, "\(name) refused: \(reason)")
        }
        return Failure(.unreachable, "\(name) did not answer: \(error)")
    }
}
