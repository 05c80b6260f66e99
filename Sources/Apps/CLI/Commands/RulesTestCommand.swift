internal import ArgumentParser
internal import RuleEngine
internal import RuleLanguage
internal import RuleSource

extension RulesCommand {
    /// Runs the cases that stand beside rules.
    struct Test: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run the cases beside rules, and tell which conditions none has tried.",
            discussion: """
                Ends with 1 where a case fails, a rule has no cases, or --mutate finds a threshold \
                whose change no case notices.

                Examples:
                  custos rules test rules --rule RX-05 --coverage
                  custos rules test rules --mutate
                """)

        @Argument(help: "The folder of rules.")
        var folder = "rules"

        @Option(help: "Only this rule.")
        var rule: String?

        @Flag(help: "List every smallest condition, and whether it was ever true, ever false.")
        var coverage = false

        @Flag(help: "Move every threshold a fifth down and up, and tell what no case notices.")
        var mutate = false

        @OptionGroup var output: OutputOptions

        func run() throws {
            let place = folder
            let folder = try RuleBuild.read(folder)
            if let rule, !folder.rules.contains(where: { $0.rule.header.id == rule }) {
                throw Failure(.refused, "no rule in \(place) is called \(rule)")
            }
            var tested: [TestReport.Tested] = []
            for item in folder.rules where rule == nil || item.rule.header.id == rule {
                tested.append(try test(item, folder.tables))
            }
            let report = TestReport(rules: tested)
            output.show(report)
            if report.failureCount > 0 || report.weakCount > 0 { throw Ending.refused }
        }

        private func test(
            _ item: RuleFolder.Item, _ tables: [KnowledgeTable]
        ) throws(Failure) -> TestReport.Tested {
            do {
                guard let file = try RuleTestReader.beside(item.file) else {
                    return TestReport.Tested(
                        rule: item.rule.header.id, cases: 0, failures: ["there are no cases"],
                        untried: [], conditions: nil, mutants: nil, weak: nil)
                }
                let report = try RuleTestRunner.run(file, rule: item.checked, tables: tables)
                let found =
                    mutate
                    ? try RuleMutation.unnoticed(file, rule: item.rule, tables: tables) : nil
                return TestReport.Tested(
                    rule: report.rule, cases: report.caseCount,
                    failures: report.failures.map { "\($0.name): \($0.message)" },
                    untried: report.coverage.filter { !$0.isWhole }.map { condition in
                        "\(condition.place): \(condition.text) was never "
                            + (condition.wasTrue ? "false" : "true")
                    },
                    conditions: coverage ? report.coverage.map(TestReport.Condition.init) : nil,
                    mutants: found?.mutants, weak: found?.unnoticed)
            } catch let error as SourceError {
                let text = (try? Files.readText(error.file)) ?? ""
                let lines = ["\(error)"] + error.excerpt(of: text)
                throw Failure(.refused, lines.joined(separator: "\n"))
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
        let conditions: [Condition]?
        /// How many changes of thresholds were tried, and those that no case notices.
        let mutants: Int?
        let weak: [String]?
    }

    struct Condition: Encodable {
        let place: String
        let text: String
        let wasTrue: Bool
        let wasFalse: Bool

        init(_ condition: ConditionCoverage) {
            place = condition.place
            text = condition.text
            wasTrue = condition.wasTrue
            wasFalse = condition.wasFalse
        }

        var line: String {
            "  \(wasTrue ? "true" : "    ") \(wasFalse ? "false" : "     ")  \(place): \(text)"
        }
    }

    var weakCount: Int { rules.reduce(0) { $0 + ($1.weak?.count ?? 0) } }

    var failureCount: Int { rules.reduce(0) { $0 + $1.failures.count } }

    var lines: [String] {
        var lines: [String] = []
        for rule in rules {
            let state = rule.failures.isEmpty ? "right" : "\(rule.failures.count) wrong"
            let strength = rule.weak.map { weak in
                ", \(weak.count) of \(rule.mutants ?? 0) changes of thresholds unnoticed"
            }
            lines.append("\(rule.rule): \(rule.cases) cases, \(state)\(strength ?? "")")
            lines += (rule.conditions ?? []).map(\.line)
            lines += rule.failures.map { "  wrong    \($0)" }
            lines += rule.untried.map { "  untried  \($0)" }
            lines += (rule.weak ?? []).map { "  weak     \($0): no case notices" }
        }
        let cases = rules.reduce(0) { $0 + $1.cases }
        let mutants = rules.compactMap(\.mutants).reduce(0, +)
        let strength = mutants > 0 ? ", \(weakCount) of \(mutants) changes unnoticed" : ""
        return lines
            + ["\(rules.count) rules, \(cases) cases, \(failureCount) wrong\(strength)"]
    }
}
