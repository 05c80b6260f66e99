internal import ArgumentParser
internal import Batch
internal import Cryptography
internal import Foundation
internal import Primitives
internal import Records
internal import RuleEngine
internal import RuleLanguage
internal import RuleSource

/// Runs rules over a folder of facts, all at once.
struct SweepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep",
        abstract: "Run rules over all facts of a folder at once, on all cores.",
        discussion: """
            The findings are those that nodes find as the facts come, byte for byte. Facts are \
            read from a folder that `custos export` has written.

            Examples:
              custos export --region region --out facts
              custos sweep facts
              custos sweep facts --rules rules --rule RX-03 --out findings.jsonl --json
              custos sweep facts --engine spark --master 'local[2]'
              custos sweep /shared/facts --engine spark --master spark://127.0.0.1:7077
            """)

    /// Who gathers what is judged.
    enum Gatherer: String, ExpressibleByArgument, CaseIterable {
        case native
        case spark
    }

    @Argument(help: "The folder of facts.")
    var facts: String

    @Option(help: "The folder of rules.")
    var rules = "rules"

    @Option(help: "Only this rule; may be given several times.")
    var rule: [String] = []

    @Option(help: "Write each finding as a line of JSON here: rule, leaf, ordinal, id, body.")
    var out: String?

    @Option(help: "How many threads; left out, as many as there are cores.")
    var threads: Int?

    @Option(help: "Who gathers what is judged: native, or spark (through spark-submit).")
    var engine = Gatherer.native

    @Option(help: "Where Spark runs: local[2], spark://HOST:PORT, ….")
    var master = "local[*]"

    @Option(help: "Into how many parts Spark puts the rows of a rule.")
    var parts = 8

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard threads.map({ $0 > 0 }) ?? true else {
            throw ValidationError("--threads is 1 or more")
        }
        guard parts > 0 else { throw ValidationError("--parts is 1 or more") }
    }

    func run() throws {
        let folder = try RuleBuild.read(rules)
        let items = folder.rules.filter { rule.isEmpty || rule.contains($0.rule.header.id) }
        for name in rule where !items.contains(where: { $0.rule.header.id == name }) {
            throw Failure(.refused, "no rule in \(rules) is called \(name)")
        }
        if engine == .spark { return try runSpark(items) }
        let sweep: Sweep
        do {
            let source = try FactFolder(path: facts)
            sweep = try Sweep(
                rules: items.map(\.checked), tables: folder.tables, facts: source.columns(),
                present: source.present)
        } catch let error as BatchError {
            throw Failure(.file, "\(error)")
        }
        let workers = ThreadWorkers(count: threads)
        var report = SweepReport()
        var lines: [UInt8] = []
        for (number, item) in items.enumerated() {
            let clock = ContinuousClock()
            var found: [Engine.Judged] = []
            let time = clock.measure { found = sweep.judge(rule: number, by: workers) }
            report.add(item.rule.header.id, found, seconds: time / .seconds(1))
            for judged in found {
                guard case .finding(let body) = judged.verdict else { continue }
                lines += JSONText.of(SweepFinding(item.rule.header.id, judged, body)).utf8
                lines.append(UInt8(ascii: "\n"))
            }
        }
        if let out { try Files.write(lines, to: out) }
        output.show(report)
    }
}

extension SweepCommand {
    /// Lets Spark gather, and its workers judge by `custos sweep-part`.
    private func runSpark(_ items: [RuleFolder.Item]) throws {
        guard let submit = SparkRun.find() else {
            throw Failure(.file, "there is no spark-submit that starts, in SPARK_HOME or the path")
        }
        let scratch = FileManager.default.temporaryDirectory
            .appending(path: "custos-spark-\(UUID().uuidString)").path
        try Files.makeFolder(scratch, isPrivate: true)
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        do {
            let folder = try FactFolder(path: Files.absolute(facts))
            guard let program = Bundle.main.executablePath else {
                throw Failure(.other, "this program does not know where it lies")
            }
            let job = SparkJob(
                folder, rules: items.map(\.checked), parts: parts,
                command: [
                    program, "sweep-part", "--rules", Files.absolute(rules),
                    "--present", "\(folder.manifest.present)",
                ], out: "\(scratch)/found")
            let found = try SparkRun.lines(
                of: job, submit: submit, master: master, folder: scratch
            ).map { try SweepFinding(line: $0) }
                .sorted { ($0.rule, $0.leaf, $0.ordinal) < ($1.rule, $1.leaf, $1.ordinal) }
            if let out {
                try Files.write(
                    found.flatMap { Array((JSONText.of($0) + "\n").utf8) }, to: out)
            }
            output.show(SparkReport(items.map(\.rule.header.id), found))
        } catch let error as BatchError {
            throw Failure(.file, "\(error)")
        }
    }
}

/// How many findings each rule has that Spark swept.
struct SparkReport: Report {
    struct Swept: Encodable {
        let rule: String
        let findings: Int
    }

    let rules: [Swept]

    init(_ rules: [String], _ found: [SweepFinding]) {
        let counts = Dictionary(grouping: found, by: \.rule).mapValues(\.count)
        self.rules = rules.map { Swept(rule: $0, findings: counts[$0] ?? 0) }
    }

    var lines: [String] {
        var table = Table("rule", "findings")
        for item in rules { table.add(item.rule, "\(item.findings)") }
        return table.lines
    }
}

/// A finding of a sweep, as a line.
struct SweepFinding: Codable {
    let rule: String
    let leaf: UInt64
    let ordinal: UInt32
    /// The hash of the body.
    let id: String
    let body: String

    init(_ rule: String, _ judged: Engine.Judged, _ body: [UInt8]) {
        self.rule = rule
        leaf = judged.position.leafIndex
        ordinal = judged.position.ordinal
        id = SHA256.hash(body).description
        self.body = body.hex
    }

    /// The finding in a line that a worker printed.
    init(line: String) throws(Failure) {
        guard let found = try? JSONDecoder().decode(SweepFinding.self, from: Data(line.utf8)) else {
            throw Failure(.other, "a worker answered what is no finding: \(line.prefix(100))")
        }
        self = found
    }
}

/// What each rule of a sweep came to.
struct SweepReport: Report {
    struct Swept: Encodable {
        let rule: String
        let findings: Int
        let excused: Int
        let notEvaluated: Int
        let seconds: Double
    }

    private(set) var rules: [Swept] = []

    mutating func add(_ rule: String, _ judged: [Engine.Judged], seconds: Double) {
        var (findings, excused, notEvaluated) = (0, 0, 0)
        for item in judged {
            switch item.verdict {
            case .finding: findings += 1
            case .excused: excused += 1
            case .notEvaluated: notEvaluated += 1
            case .clear, .notConcerned: break
            }
        }
        rules.append(
            Swept(
                rule: rule, findings: findings, excused: excused, notEvaluated: notEvaluated,
                seconds: (seconds * 1_000).rounded() / 1_000))
    }

    var lines: [String] {
        var table = Table("rule", "findings", "excused", "not evaluated", "seconds")
        for item in rules {
            table.add(
                item.rule, "\(item.findings)", "\(item.excused)", "\(item.notEvaluated)",
                "\(item.seconds)")
        }
        return table.lines
    }
}
