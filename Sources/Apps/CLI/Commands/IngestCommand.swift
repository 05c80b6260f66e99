internal import ArgumentParser
internal import Foundation
internal import Interop
internal import Ledger
internal import Node
internal import Primitives

/// Anchors what source systems recorded.
struct IngestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest",
        abstract: "Anchor what source systems recorded: FHIR R4, or tables with a mapping.",
        discussion: """
            Each resource becomes entries of the institution that the assignment names, handed to \
            that institution's node: name every node with --node, or a devnet with --net. It \
            returns when everything is acknowledged, which means synced; anchoring follows. A bad \
            line is reported with file, line, element and reason, and does not stop the rest. Who \
            ingests twice adds nothing.

            With --mapping, the one path is a folder of tables, and the mapping a file or a folder \
            of files that say how rows become entries; a folder is read in the order of names.

            Ends with 0 even where lines were bad, unless --strict is given.

            Examples:
              custos ingest samples/synthea-small --assign samples/institutions.json --net devnet
              custos ingest audit.ndjson --node devnet/county-hospital --strict
              custos ingest region/csv --mapping mappings/region --net devnet --by-time
            """)

    @OptionGroup var intake: IntakeOptions

    @Flag(help: "End with 1 where a line was bad or an entry was refused.")
    var strict = false

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let report = try await intake.run(waits: false, isQuiet: output.json)
        output.show(report)
        if strict, report.problemCount + report.refusalCount > 0 { throw Ending.refused }
    }
}

/// What `ingest` and `submit` have in common.
struct IntakeOptions: ParsableArguments {
    @Argument(help: "Files, or folders of files: .ndjson, .json, each also with .gz.")
    var paths: [String]

    @Option(name: .customLong("node"), help: "A node's folder; repeatable.")
    var nodes: [String] = []

    @Option(help: "A devnet's folder: all its nodes.")
    var net: String?

    @Option(help: "Which institution an organisation of the input is (docs/interop.md).")
    var assign: String?

    @Option(help: "Read tables of comma-separated values by this mapping, or folder of mappings.")
    var mapping: String?

    @Flag(help: "With --mapping: read the tables side by side, in the order of their times.")
    var byTime = false

    @Option(help: "Write here under which number each row was accepted, for `custos score --node`.")
    var placed: String?

    @Flag(help: "Derive accesses from encounters, orders and claims even beside AuditEvents.")
    var derive = false

    func run(waits: Bool, isQuiet: Bool) async throws -> IntakeReport {
        let places = try places()
        let input = try input(places)
        var gateways: [InstitutionID: Intake.Gateway] = [:]
        for place in places {
            gateways[try place.institution] = Intake.Gateway(
                place: place, client: try await place.connect())
        }
        let epochs = Epochs(try places[0].genesis.parameters)
        let intake = Intake(
            gateways: gateways, keys: try IssuerKeys.read(places), epochs: epochs,
            placed: try placed.map { path throws(Failure) in try PlacedFile(path) }
        ) { text in
            if !isQuiet { ProgressLine.show(text) }
        }
        do {
            let directory = NameDirectory(places[0])
            try await intake.run(input, waits: waits, names: directory.ids(_:epoch:))
        } catch {
            for gateway in gateways.values { await gateway.client.close() }
            ProgressLine.end()
            throw Failure.of(error, by: places[0].configuration.institution)
        }
        for gateway in gateways.values { await gateway.client.close() }
        try intake.placed?.flush()
        ProgressLine.end()
        return intake.report
    }

    func places() throws -> [NodePlace] {
        var paths = nodes
        if let net {
            guard Files.isThere(net) else {
                throw Failure(.file, "\(net) is not there; --net names a devnet's folder")
            }
            let names = (try? FileManager.default.contentsOfDirectory(atPath: net)) ?? []
            let found = names.sorted().map { "\(net)/\($0)" }
                .filter { Files.isThere("\($0)/node.json") }
            guard !found.isEmpty else {
                throw Failure(
                    .file,
                    "\(net) has no node in it: --net names a folder whose folders have a "
                        + "node.json, as `custos devnet` makes it")
            }
            paths += found
        }
        guard !paths.isEmpty else {
            throw ValidationError("name the nodes with --node, or a devnet with --net")
        }
        return try paths.map { path throws(Failure) in try NodePlace(path) }
    }

    /// Makes the import that the options ask for; it is made twice, see ``Intake``.
    private func input(
        _ places: [NodePlace]
    ) throws -> (any PseudonymSource) -> any ImportRun {
        let now = Timestamp.now
        let own = try places[0].institution
        var options = FHIRImport.Options()
        if derive { options.accesses = .always }
        do {
            if let mapping {
                guard paths.count == 1 else {
                    throw ValidationError("with --mapping, name one folder of tables")
                }
                let mappings = try CSVMapping.list(mapping)
                let folder = paths[0]
                if byTime {
                    return { names in
                        TimedImport(
                            folder: folder, mappings: mappings, issuer: own, pseudonyms: names)
                    }
                }
                return { names in
                    CSVImport(folder: folder, mappings: mappings, issuer: own, pseudonyms: names)
                }
            }
            let files = try InputFile.list(paths)
            guard !files.isEmpty else { throw Failure(.file, "there are no files to read") }
            let assignment =
                try assign.map { path throws(InteropError) in try Assignment(path: path) }
                ?? Assignment(spreading: [own], insurer: own)
            return { names in
                FHIRImport(
                    files: files, assignment: assignment, pseudonyms: names, importTime: now,
                    options: options)
            }
        } catch let error as InteropError {
            throw Failure(.file, "\(error)")
        }
    }
}
