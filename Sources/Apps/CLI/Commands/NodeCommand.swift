internal import API
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

            SIGHUP has it read node.json again: peers, and the keys under keys.next. Each of those \
            takes the place of the old one when the ledger names it, without a restart.

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

    @Flag(help: "End when standard input ends too: with the program that started this one.")
    var untilInputEnds = false

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
            node = try Node(configuration, logger: logger, names: KeyNames())
            try await node.start()
        } catch {
            throw Self.failure(error)
        }
        let door = try await door(configuration, of: node, logger: logger)
        output.show(NodeReport(node, configuration, door))
        let interruption = Task {
            await Interruption.wait(orInputEnds: untilInputEnds)
            logger.info("asked to end")
            node.stop()
        }
        let reloading = Task {
            await Interruption.watchForReload { reload(node, from: place.file, logger) }
        }
        let result: Result<Void, NodeError>
        do throws(NodeError) {
            result = .success(try await node.run())
        } catch {
            result = .failure(error)
        }
        interruption.cancel()
        reloading.cancel()
        await door?.close()
        if case .failure(let error) = result { throw Self.failure(error) }
    }

    /// Reads the node's file again; one that cannot be used changes nothing.
    private func reload(_ node: Node, from file: String, _ logger: Logger) {
        do throws(NodeError) {
            var configuration = try NodeConfiguration.read(file)
            if ledgerOnly { configuration.keys.seal = nil }
            try node.reload(configuration)
            logger.notice("read \(file) again")
        } catch {
            logger.error("not taken over: \(error)")
        }
    }

    /// Opens the HTTP door where one is configured; a node whose door does not open ends.
    private func door(
        _ configuration: NodeConfiguration, of node: Node, logger: Logger
    ) async throws -> Door? {
        do throws(DoorError) {
            return try await Door.open(configuration, of: node, logger: logger)
        } catch {
            node.stop()
            try? await node.run()
            if case .transport = error { throw Failure(.unreachable, "\(error)") }
            throw Failure(.file, "\(error)")
        }
    }

    private func logger(_ configuration: NodeConfiguration) throws -> Logger {
        switch configuration.logFormat ?? "text" {
        case "text": LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        case "json": LoggingSystem.bootstrap { JSONLogHandler(label: $0) }
        case let other: throw ValidationError("logFormat is text or json, not '\(other)'")
        }
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
    /// Where the HTTP door stands, if there is one.
    let http: String?

    init(_ node: Node, _ configuration: NodeConfiguration, _ door: Door?) {
        institution = node.institution.name
        ledger = node.ledger.description
        listen = "\(configuration.listen.host):\(configuration.listen.port)"
        data = configuration.data
        processID = ProcessInfo.processInfo.processIdentifier
        http = door.map { "http://\(configuration.http?.host ?? "127.0.0.1"):\($0.port)" }
    }

    var lines: [String] {
        [
            "\(institution) runs as process \(processID), listens on \(listen), data in \(data)",
            "  ledger \(ledger)",
        ] + (http.map { ["  HTTP door at \($0)"] } ?? [])
    }
}
