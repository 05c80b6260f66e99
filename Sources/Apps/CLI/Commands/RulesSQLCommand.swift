internal import ArgumentParser
internal import Batch
internal import RuleLanguage
internal import RuleSource

extension RulesCommand {
    /// Writes the SQL of rules.
    struct SQL: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "sql",
            abstract: "Write the SQL by which another engine selects what rules judge.",
            discussion: """
                The views are those of a folder of facts (docs/formats/facts.md), one a kind, with \
                the text of each fact as the column fact_text. A condition that SQL would not say \
                exactly alike is left out: the query selects more, never less.

                Examples:
                  custos rules sql --dialect spark --rule PR-01
                  custos rules sql --dialect spark --json
                """)

        /// Whose SQL is written.
        enum Dialect: String, ExpressibleByArgument, CaseIterable {
            case spark
        }

        @Argument(help: "The folder of rules.")
        var folder = "rules"

        @Option(help: "Whose SQL: spark.")
        var dialect = Dialect.spark

        @Option(help: "Only this rule.")
        var rule: String?

        @Option(help: "How many parts the judged rows are spread over.")
        var parts = 8

        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard parts > 0 else { throw ValidationError("--parts is 1 or more") }
        }

        func run() throws {
            let rules = try RuleBuild.read(folder).rules
                .filter { rule == nil || $0.rule.header.id == rule }
            guard !rules.isEmpty else {
                throw Failure(.refused, "no rule in \(folder) is called \(rule ?? "")")
            }
            output.show(
                SQLReport(
                    queries: rules.map { item in
                        SQLReport.Query(
                            rule: item.rule.header.id,
                            sql: SparkQuery(item.checked, partCount: parts).sql)
                    }))
        }
    }
}

/// The SQL of rules.
struct SQLReport: Report {
    struct Query: Encodable {
        let rule: String
        let sql: String
    }

    let queries: [Query]

    var lines: [String] { queries.map(\.sql) }
}
