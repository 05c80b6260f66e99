internal import ArgumentParser
internal import RuleEngine
internal import RuleLanguage
internal import RuleSource

extension RulesCommand {
    /// Runs the cases that stand beside rules.
    struct Test: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run the cases beside rules, and tell which conditions none has tried.",
            discussion: "Ends with 1 where a case fails, or a rule has no cases.")

        @Argument(help: "The folder of rules.")
        var folder = "rules"

        @Option(help: "Only this rule.")
        var rule: String?

        @OptionGroup var output: OutputOptions

        func run() throws {
            let folder = try RuleBuild.read(folder)
            var tested: [TestReport.Tested] = []
            for item in folder.rules where rule == nil || item.rule.header.id == rule {
                tested.append(try Self.test(item, folder.tables))
            }
            let report = TestReport(rules: tested)
            output.show(report)
            if report.failureCount > 0 { throw Ending.refused }
        }

        private static func test(
            _ item: RuleFolder.Item, _ tables: [KnowledgeTable]
        ) throws(Failure) -> TestReport.Tested {
            do {
                guard let file = try RuleTestReader.beside(item.file) else {
                    return TestReport.Tested(
                        rule: item.rule.header.id, cases: 0, failures: ["there are no cases"],
                        untried: [])
                }
                let report = try RuleTestRunner.run(file, rule: item.checked, tables: tables)
                return TestReport.Tested(
                    rule: report.rule, cases: report.caseCount,
                    failures: report.failures.map { "\($0.name): \($0.message)" },
                    untried: report.coverage.filter { !$0.isWhole }.map { condition in
                        "\(condition.place): \(condition.text) was never "
                            + (condition.wasTrue ? "false" : "true")
                    })
            } catch {
                throw Failure(.refused, "\(error)")
            }
        }
    }
}

private struct TestReport: Report {
    let rules: [Tested]

    struct Tested: Encodable {
        let rule: String
        let cases: Int
        let failures: [String]
        /// Conditions that no case made true, or none made false.
        let untried: [String]
    }

    var failureCount: Int { rules.reduce(0) { $0 + $1.failures.count } }

    var lines: [String] {
        var lines: [String] = []
        for rule in rules {
            let state = rule.failures.isEmpty ? "right" : "\(rule.failures.count) wrong"
            lines.append("\(rule.rule): \(rule.cases) cases, \(state)")
            lines += rule.failures.map { "  wrong    \($0)" }
            lines += rule.untried.map { "  untried  \($0)" }
        }
        let cases = rules.reduce(0) { $0 + $1.cases }
        return lines + ["\(rules.count) rules, \(cases) cases, \(failureCount) wrong"]
    }
}
