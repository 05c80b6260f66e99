internal import ArgumentParser
internal import Node
internal import Primitives
internal import RuleEngine
internal import RuleLanguage
internal import RuleSource
internal import Supervision

extension RulesCommand {
    /// What a rule would have found in the data of an institution.
    struct Backtest: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Run a rule, or a table, over all that a node may open; say what it would find.",
            discussion: """
                The node runs the rule beside those that are in force, over everything that it \
                may open, and reports hits, by institution, with amounts, what other rules find \
                fault with, too, what is won and lost against the version in force, and among the \
                cases that were closed as confirmed. Nothing is kept or anchored, and the node \
                goes on meanwhile.

                With --table, the rules in force that look things up in the table are run with \
                that version of it.

                Examples:
                  custos rules backtest rules --rule RX-05 --node devnet/regulator
                  custos rules backtest rules --rule RX-05 --node devnet/insurer --json
                  custos rules backtest --table new/limits.yaml --node devnet/insurer
                """)

        @Argument(help: "The folder of rules.")
        var folder = "rules"

        @Option(help: "The rule's id.")
        var rule: String?

        @Option(help: "The manifest of a table, in place of a rule.")
        var table: String?

        @OptionGroup var node: NodeOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard (rule == nil) != (table == nil) else {
                throw ValidationError("say --rule or --table")
            }
        }

        func run() async throws {
            let place = try node.place
            let request = try request(place)
            let answer = try await place.ask { try await $0.desk(request.encode()) }
            let reports = try Desk.read { () throws(SupervisionError) in
                try BackTestReport.decode(answer)
            }
            output.show(BacktestReportView(reports: reports.map(BacktestReportView.Item.init)))
        }

        private func request(_ place: NodePlace) throws -> DeskRequest {
            if let table {
                guard let found = try TableFiles.tables(table).first else {
                    throw Failure(.usage, "there is no table in \(table)")
                }
                try Files.makeFolder(place.rulesFolder)
                try RuleBuild.write(found, to: place.rulesFolder)
                return .backTestTable(found.hash)
            }
            let rules = try RuleBuild.read(folder)
            guard let item = rules.rules.first(where: { $0.rule.header.id == rule }) else {
                throw Failure(.usage, "there is no rule \(rule ?? "") in \(folder)")
            }
            return .backTest(rule: item.rule.encode())
        }
    }
}

private struct BacktestReportView: Report {
    let reports: [Item]

    var lines: [String] { reports.flatMap(\.lines) }
}

extension BacktestReportView {
    struct Item: Encodable {
        let rule: String
        let hash: String
        let block: UInt64
        let facts: UInt64
        let hits: UInt64
        let notEvaluatedSealed: UInt64
        let notEvaluatedUnknown: UInt64
        let won: UInt64
        let lost: UInt64
        /// Cases closed as confirmed, and those closed as not suspicious or overturned.
        let confirmedWon: UInt64
        let confirmedLost: UInt64
        let clearedHit: UInt64
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
            confirmedWon = report.confirmedWonCount
            confirmedLost = report.confirmedLostCount
            clearedHit = report.clearedCount
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
                "  cases closed as confirmed: \(confirmedWon) won, \(confirmedLost) lost; "
                    + "\(clearedHit) that were cleared are hit",
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
}
