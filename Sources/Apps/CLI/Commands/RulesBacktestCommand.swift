internal import ArgumentParser
internal import Node
internal import Primitives
internal import RuleLanguage
internal import RuleSource
internal import Supervision

extension RulesCommand {
    /// What a rule would have found in the data of an institution.
    struct Backtest: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run a rule over all that a node may open, and say what it would find.",
            discussion: """
                The node runs the rule beside those that are in force, over everything that it \
                may open, and reports hits, by institution, with amounts, what other rules find \
                fault with, too, and what is won and lost against the version in force. Nothing \
                is kept or anchored. It takes the node's desk as long as a restart would.

                Examples:
                  custos rules backtest rules --rule RX-05 --node devnet/regulator
                  custos rules backtest rules --rule RX-05 --node devnet/insurer --json
                """)

        @Argument(help: "The folder of rules.")
        var folder = "rules"

        @Option(help: "The rule's id.")
        var rule: String

        @OptionGroup var node: NodeOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let rules = try RuleBuild.read(folder)
            guard let item = rules.rules.first(where: { $0.rule.header.id == rule }) else {
                throw Failure(.usage, "there is no rule \(rule) in \(folder)")
            }
            let request = DeskRequest.backTest(rule: item.rule.encode())
            let answer = try await node.place.ask { try await $0.desk(request.encode()) }
            let report = try Desk.read { () throws(SupervisionError) in
                try BackTestReport.decode(answer)
            }
            output.show(BacktestReportView(report))
        }
    }
}

private struct BacktestReportView: Report {
    let rule: String
    let hash: String
    let block: UInt64
    let facts: UInt64
    let hits: UInt64
    let notEvaluatedSealed: UInt64
    let notEvaluatedUnknown: UInt64
    let won: UInt64
    let lost: UInt64
    let institutions: [String: UInt64]
    /// In minor units, by currency.
    let amounts: [String: Int64]
    let overlaps: [String: UInt64]

    init(_ report: BackTestReport) {
        rule = report.rule
        hash = report.hash.description
        block = report.height.blocks
        facts = report.factCount
        hits = report.hitCount
        notEvaluatedSealed = report.sealedCount
        notEvaluatedUnknown = report.unknownCount
        won = report.wonCount
        lost = report.lostCount
        institutions = Dictionary(report.institutions.map { ($0.name, $0.count) }) { $1 }
        amounts = Dictionary(report.amounts.map { ($0.currency, $0.minorUnits) }) { $1 }
        overlaps = Dictionary(report.overlaps.map { ($0.name, $0.count) }) { $1 }
    }

    var lines: [String] {
        var lines = [
            "\(rule) \(hash.prefix(12))… over \(facts) facts, up to block \(block)",
            "  \(hits) hits; not evaluated: \(notEvaluatedSealed) sealed, "
                + "\(notEvaluatedUnknown) unknown",
            "  against the version in force: \(won) won, \(lost) lost",
        ]
        func add(_ title: String, _ items: [(String, String)]) {
            guard !items.isEmpty else { return }
            lines.append("  \(title)")
            lines += items.sorted { $0.0 < $1.0 }.map { "    \($0.0): \($0.1)" }
        }
        add("by institution", institutions.map { ($0.key, "\($0.value)") })
        add("at stake, in minor units", amounts.map { ($0.key, "\($0.value)") })
        add("found fault with by other rules, too", overlaps.map { ($0.key, "\($0.value)") })
        return lines
    }
}
