internal import Batch
internal import Foundation
internal import Primitives
internal import RuleEngine
internal import RuleLanguage
internal import RuleSource

/// How long rules take over everything at once.
enum RulesSweep {
    /// The three questions of the batch engines, over the same claims; with `CUSTOS_PEERS` set to
    /// a folder that holds `batch_peers.py`, these answer in the same run, on standard error.
    static let questions: [Benchmark] = BatchQuestions.names.indices.map { question in
        Benchmark(
            name: "rules.sweep10m.\(BatchQuestions.names[question])", unit: "s", better: .lower,
            runs: 3,
            settings: "over the claims of make_claims.py in columns, all cores, from the rule to "
                + "the bodies of its findings"
        ) {
            try runPeers.get()
            let sweep = try claims.get()
            var found: [Engine.Judged] = []
            let time = seconds { found = sweep.judge(rule: question, by: ThreadWorkers()) }
            let answer = try BatchQuestions.answer(question, found)
            Progress.say("custos \(BatchQuestions.names[question]) \(time) \(answer)")
            return time
        }
    }

    static let memory = Benchmark(
        name: "rules.sweep10m.memory", unit: "MB", better: .lower, runs: 1,
        settings: "resident memory of the process with the claims of make_claims.py in columns"
    ) {
        _ = try claims.get()
        return try residentMegabytes()
    }

    /// With `CUSTOS_BACKTEST_SCALE`, so many times 40,000 claims.
    static let backtest = Benchmark(
        name: "rules.backtest", unit: "s", better: .lower, runs: 1,
        settings: "every rule of rules/ over twelve months of claims with their lines, visits, "
            + "accesses and supplies, all cores, findings only"
    ) {
        let (rules, _) = try RulesStream.prepared.get()
        let scale =
            ProcessInfo.processInfo.environment["CUSTOS_BACKTEST_SCALE"].flatMap { Int($0) } ?? 25
        var facts = FactColumns()
        try FactStream.make(seed: 7, scale: scale) { facts.add($0) }
        facts.finish()
        Progress.say(
            "\(40_000 * scale) claims, \(facts.count) facts, \(try residentMegabytes()) MB")
        let sweep = try Sweep(
            rules: rules.rules.map(\.checked), tables: rules.tables, facts: facts,
            present: FactStream.yearEnd)
        let workers = ThreadWorkers()
        var times: [(String, Double, Int)] = []
        let time = seconds {
            for (number, rule) in rules.rules.enumerated() {
                var found = 0
                let time = seconds {
                    found = sweep.judge(rule: number, findingsOnly: true, by: workers).count
                }
                times.append((rule.rule.header.id, time, found))
            }
        }
        for (rule, time, found) in times.sorted(by: { $0.1 > $1.1 }).prefix(15) {
            Progress.say(String(format: "%.2f s \(rule), \(found) findings", time))
        }
        return time
    }

    private static let claims = Result {
        let questions = try BatchQuestions()
        return try Sweep(
            rules: questions.rules, tables: questions.tables, facts: try ClaimTable.read(),
            present: Timestamp(milliseconds: 1_900_000_000_000))
    }

    private static func residentMegabytes() throws -> Double {
        let text = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        let words = line?.split(whereSeparator: { $0 == " " || $0 == "\t" }) ?? []
        guard words.count > 1, let kilobytes = Double(words[1]) else {
            throw BenchError("no resident memory is told here")
        }
        return kilobytes / 1_024
    }

    private static let runPeers = Result {
        let environment = ProcessInfo.processInfo.environment
        guard let folder = environment["CUSTOS_PEERS"], let file = environment["CUSTOS_CLAIMS"]
        else { return }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "\(folder)/batch_peers.py", file]
        process.standardOutput = FileHandle.standardError
        try process.run()
        process.waitUntilExit()
    }
}
