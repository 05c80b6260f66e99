internal import ArgumentParser
internal import Foundation
internal import Primitives
internal import RuleEngine
internal import RuleLanguage
internal import RuleSource

/// Checks, lists and builds supervision rules.
struct RulesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract: "Check, test, list and build supervision rules; no Swift needed to write them.",
        discussion: """
            How rules are written stands in docs/rules.md.

            Examples:
              custos rules check rules
              custos rules test rules --rule RX-05
              custos rules list rules --json
              custos rules build rules --out node/rules
              custos rules backtest rules --rule PR-03 --node devnet/regulator
              custos rules history PR-03 --node devnet/regulator
              custos rules running --node devnet/regulator
            """,
        subcommands: [
            Check.self, Test.self, Format.self, List.self, Build.self, Schema.self, Tables.self,
            SQL.self, Backtest.self, History.self, Running.self,
        ])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what is wrong with rules: file, line, column, what would be right.",
            discussion: """
                Below each error stands the line that it is in, with a caret under the place. \
                Ends with 1 where something is wrong.

                Example:
                  custos rules check rules
                """)

        @Argument(help: "The folder of rules.")
        var folder = "rules"

        @OptionGroup var output: OutputOptions

        func run() throws {
            let rules = RuleFolder(path: folder)
            output.show(
                CheckReport(
                    rules: rules.rules.count, tables: rules.tables.count,
                    found: rules.errors))
            if !rules.errors.isEmpty { throw Ending.refused }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List rules with their hashes, levels and costs.",
            discussion: """
                The cost is that of one row at most, in steps; docs/rules.md says how it is counted.

                Examples:
                  custos rules list rules
                  custos rules list rules --json
                """)

        @Argument(help: "The folder of rules.")
        var folder = "rules"

        @OptionGroup var output: OutputOptions

        func run() throws {
            output.show(ListReport(try RuleBuild.read(folder)))
        }
    }

    struct Build: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write canonical rules and tables, by their hashes, for a node to run.",
            discussion: """
                Without --out they go into the folder from which the node runs its rules; from \
                there they travel to every node that the ledger names them for.

                Examples:
                  custos rules build rules --node devnet/regulator
                  custos rules build rules --out built
                """)

        @Argument(help: "The folder of rules.")
        var folder = "rules"

        @Option(help: "The folder to write to (default: that of the node's rules).")
        var out: String?

        @OptionGroup var node: NodeOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let rules = try RuleBuild.read(folder)
            try RuleBuild.write(rules, to: try out ?? node.place.rulesFolder)
            output.show(ListReport(rules))
        }
    }
}

private struct CheckReport: Report {
    let rules: Int
    let tables: Int
    let errors: [String]
    /// The errors, each with the line that it is in.
    private let shown: [String]

    private enum CodingKeys: CodingKey {
        case rules
        case tables
        case errors
    }

    init(rules: Int, tables: Int, found: [SourceError]) {
        self.rules = rules
        self.tables = tables
        errors = found.map(\.description)
        shown = found.flatMap { error in
            let text = (try? Files.readText(error.file)) ?? ""
            return [error.description] + error.excerpt(of: text)
        }
    }

    var lines: [String] {
        shown + ["\(rules) rules and \(tables) tables are right; \(errors.count) errors"]
    }
}

private struct ListReport: Report {
    let rules: [Item]

    struct Item: Encodable {
        let id: String
        let title: String
        let status: String
        let level: String
        let result: String
        let hash: String
        /// Steps for one judged row at most, as the language estimates them.
        let cost: Int
        let file: String
    }

    init(_ folder: RuleFolder) {
        rules = folder.rules.map { item in
            let header = item.rule.header
            return Item(
                id: header.id, title: header.title, status: header.status.name,
                level: header.level.name, result: header.result.name,
                hash: item.checked.hash.description, cost: item.checked.cost.steps, file: item.file)
        }
    }

    var lines: [String] {
        var table = Table("rule", "level", "result", "status", "cost", "hash", "title")
        for rule in rules {
            table.add(
                rule.id, rule.level, rule.result, rule.status, "\(rule.cost)",
                "\(rule.hash.prefix(12))…",
                rule.title)
        }
        return table.lines
    }
}
