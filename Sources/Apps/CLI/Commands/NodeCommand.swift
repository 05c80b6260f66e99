internal import ArgumentParser
internal import Foundation
internal import Logging
internal import Node
internal import Primitives
internal import Transport

/// Runs one institution's node.
struct NodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "node",
        abstract: "Run one institution's node, until SIGINT or SIGTERM.",
        discussion: """
            FOLDER holds node.json, the keys that `custos keygen` made, and the data. The first \
            time, say --create: a node whose data was lost is not a new one, and must not sign \
            again what it may have signed before.

            Examples:
              custos node devnet/insurer
              custos node /srv/custos --create
            """)

    @Argument(help: "The node's folder, or its node.json.")
    var folder: String

    @Flag(help: "Make the data of a node that has never run.")
    var create = false

    @Flag(help: "Only order: seal nothing, open nothing, run no rules.")
    var ledgerOnly = false

    @Option(help: "trace, debug, info, notice, warning or error (default: node.json's, or info).")
    var log: String?

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let place = try NodePlace(folder)
        var configuration = place.configuration
        if ledgerOnly { configuration.keys.seal = nil }
        let logger = try logger(configuration)
        let node: Node
        do throws(NodeError) {
            if create { try Node.create(configuration) }
            node = try Node(configuration, logger: logger)
            try await node.start()
        } catch {
            throw Self.failure(error)
        }
        output.show(NodeReport(node, configuration))
        let interruption = Task {
            await Interruption.wait()
            logger.info("asked to end")
            node.stop()
        }
        do throws(NodeError) {
            try await node.run()
        } catch {
            throw Self.failure(error)
        }
        interruption.cancel()
    }

    private func logger(_ configuration: NodeConfiguration) throws -> Logger {
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var logger = Logger(label: configuration.institution)
        let name = log ?? configuration.logLevel ?? "info"
        guard let level = Logger.Level(rawValue: name) else {
            throw ValidationError("there is no log level '\(name)'")
        }
        logger.logLevel = level
        return logger
    }

    private static func failure(_ error: NodeError) -> Failure {
        if case .transport(let error) = error { return Failure(.unreachable, "\(error)") }
        return Failure(.file, "\(error)")
    }
}

private struct NodeReport: Report {
    let institution: String
    let ledger: String
    let listen: String
    let data: String
    let processID: Int32

    init(_ node: Node, _ configuration: NodeConfiguration) {
        institution = node.institution.name
        ledger = node.ledger.description
        listen = "\(configuration.listen.host):\(configuration.listen.port)"
        data = configuration.data
        processID = ProcessInfo.processInfo.processIdentifier
    }

    var lines: [String] {
        [
            "\(institution) runs as process \(processID), listens on \(listen), data in \(data)",
            "  ledger \(ledger)",
        ]
    }
}
