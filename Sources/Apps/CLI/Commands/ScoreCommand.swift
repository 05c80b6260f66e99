internal import ArgumentParser
internal import Interop
internal import Node
internal import RuleLanguage
internal import RuleSource
internal import Synthesis

/// Says how well rules find what was planted.
struct ScoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "score",
        abstract: "Say how well rules find what was planted in a region.",
        discussion: """
            With --offline, runs the rules of a folder over a region of `custos synthesize` in \
            this process: the same mapping, engine and rules as at a node, without a ledger. With \
            --findings, takes a table of findings that something else has made. With --node, takes \
            what the nodes of a ledger found and anchored; --placed is the table that `custos \
            ingest --placed` wrote, which knows the rows by name.

            Recall is of planted cases, by difficulty; precision of what was reported, all alarms \
            about one subject being one case. Shares stand with their 95 % bounds (Wilson).

            Examples:
              custos score --offline region
              custos score --offline region --rules rules --html scoreboard.html --json
              custos score --node devnet/regulator --placed placed.csv --truth region/truth.csv
              custos score --truth region/truth.csv --findings found.csv --claims 40000
              custos score --offline bpjs --mapping mappings/labelled/bpjs \
                --labels mappings/labelled/bpjs.labels.json
            """)

    @Option(help: "A region's folder: its tables and its truth.")
    var offline: String?

    @Option(help: "What was planted; with --offline, the region's own.")
    var truth: String?

    @Option(help: "Instead of a truth: a file that says how the data's own columns label it.")
    var labels: String?

    @Option(help: "A table of findings: rule, subject, records, day, amount, open.")
    var findings: String?

    @Option(help: "The folder of a node: score what it knows of, with --placed and --truth.")
    var node: String?

    @Option(help: "The table that `custos ingest --placed` wrote.")
    var placed: String?

    @Option(help: "How many claims the findings are from, for the rate of false alarms.")
    var claims = 0

    @Option(help: "The folder of rules.")
    var rules = "rules"

    @Option(help: "The mapping of the region's tables, or folder of mappings.")
    var mapping = "mappings/region"

    @Option(help: "Look for new findings after so many days; the wait is told to this precision.")
    var every = 7

    @Option(help: "Write a page with plots here.")
    var html: String?

    @Option(help: "Write the table of findings here.")
    var out: String?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard [offline, findings, node].count(where: { $0 != nil }) == 1 else {
            throw ValidationError("one of --offline, --findings and --node is needed")
        }
        guard offline != nil || truth != nil else {
            throw ValidationError("with --findings and --node, name the truth with --truth")
        }
        guard (node == nil) == (placed == nil) else {
            throw ValidationError("--node and --placed belong together")
        }
        guard labels == nil || (offline != nil && truth == nil) else {
            throw ValidationError("--labels stands with --offline, and for --truth")
        }
        guard (1...365).contains(every), claims >= 0 else {
            throw ValidationError("--every is 1 to 365, --claims not negative")
        }
    }

    func run() async throws {
        do {
            let board = try await board()
            if let html {
                try Files.write(Array(ScoreboardPage.html(board).utf8), to: html)
            }
            output.show(ScoreReport(board))
        } catch let error as SynthesisError {
            throw Failure(.file, "\(error)")
        } catch let error as InteropError {
            throw Failure(.file, "\(error)")
        }
    }

    private func board() async throws -> Scoreboard {
        if let node, let placed, let truth {
            return try await board(of: try NodePlace(node), placed, try TruthCase.read(truth))
        }
        if let findings, let truth {
            return Scoreboard(
                truth: try TruthCase.read(truth), findings: try FoundFinding.read(findings),
                rules: [], claims: claims)
        }
        let region = offline ?? ""
        let truth =
            try labels.map { try LabelFile(path: $0).cases(in: region) }
            ?? TruthCase.read(truth ?? "\(region)/truth.csv")
        let folder = try RuleBuild.read(rules)
        var run = try OfflineRun(
            folder: labels == nil ? "\(region)/csv" : region, mapping: mapping, rules: folder,
            every: every)
        let found = try run.run { day, rows in
            ProgressLine.show("\(day): \(rows) rows")
        }
        ProgressLine.end()
        if let out { try Files.write(FoundFinding.table(found), to: out) }
        return Scoreboard(
            truth: truth, findings: found, rules: folder.rules.map(\.rule.header.id),
            claims: run.claims)
    }

    /// What the ledger's nodes found.
    private func board(
        of place: NodePlace, _ placed: String, _ truth: [TruthCase]
    ) async throws -> Scoreboard {
        var run = try NodeRun(placed: placed)
        let client = try await place.connect()
        var found: [FoundFinding] = []
        do {
            found = try await run.findings(of: client) { done, of in
                ProgressLine.show("\(done) of \(of) rows of findings")
            }
        } catch {
            await client.close()
            throw Failure.of(error, by: place.configuration.institution)
        }
        await client.close()
        ProgressLine.end()
        if let out { try Files.write(FoundFinding.table(found), to: out) }
        return Scoreboard(
            truth: truth, findings: found,
            rules: try RuleBuild.read(rules).rules.map(\.rule.header.id), claims: run.claims)
    }
}
