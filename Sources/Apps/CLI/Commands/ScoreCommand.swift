internal import ArgumentParser
internal import Interop
internal import RuleLanguage
internal import RuleSource
internal import Synthesis

/// Says how well rules find what was planted.
struct ScoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "score",
        abstract: "Say how well rules find what was planted in a region.",
        discussion: """
            With --offline, runs the rules of a folder over a region of `custos synthesize` in \
            this process: the same mapping, engine and rules as at a node, without a ledger. With \
            --findings, takes a table of findings that something else has made.

            Recall is of planted cases, by difficulty; precision of what was reported, all alarms \
            about one subject being one case. Shares stand with their 95 % bounds (Wilson).

            Examples:
              custos score --offline region
              custos score --offline region --rules rules --html scoreboard.html --json
              custos score --truth region/truth.csv --findings found.csv --claims 40000
            """)

    @Option(help: "A region's folder: its tables and its truth.")
    var offline: String?

    @Option(help: "What was planted; with --offline, the region's own.")
    var truth: String?

    @Option(help: "A table of findings: rule, subject, records, day, amount, open.")
    var findings: String?

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
        guard (offline == nil) != (findings == nil) else {
            throw ValidationError("one of --offline and --findings is needed")
        }
        guard offline != nil || truth != nil else {
            throw ValidationError("with --findings, name the truth with --truth")
        }
        guard (1...365).contains(every), claims >= 0 else {
            throw ValidationError("--every is 1 to 365, --claims not negative")
        }
    }

    func run() throws {
        do {
            let board = try board()
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

    private func board() throws -> Scoreboard {
        if let findings, let truth {
            return Scoreboard(
                truth: try TruthCase.read(truth), findings: try FoundFinding.read(findings),
                rules: [], claims: claims)
        }
        let region = offline ?? ""
        let truth = try TruthCase.read(truth ?? "\(region)/truth.csv")
        let folder = try RuleBuild.read(rules)
        var run = try OfflineRun(
            folder: "\(region)/csv", mapping: mapping, rules: folder, every: every)
        let found = try run.run { day, rows in
            ProgressLine.show("\(day): \(rows) rows")
        }
        ProgressLine.end()
        if let out { try Files.write(FoundFinding.table(found), to: out) }
        return Scoreboard(
            truth: truth, findings: found, rules: folder.rules.map(\.rule.header.id),
            claims: run.claims)
    }
}
