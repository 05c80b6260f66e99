internal import ArgumentParser
internal import Batch
internal import Foundation
internal import Primitives
internal import RuleEngine
internal import RuleLanguage
internal import RuleSource

/// Judges one part of a sweep that another engine has gathered: what Spark's workers start.
struct SweepPartCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep-part",
        abstract: "Judge rows that come on standard input, for `custos sweep --engine spark`.",
        discussion: """
            Each line is a rule, j (to be judged) or w (looked at), a kind and a fact as \
            `custos export` writes it, with tabs between. Findings are printed as lines of JSON.

            Example:
              custos sweep-part --rules rules --present 1767225600000 < part
            """,
        shouldDisplay: false)

    @Option(help: "The folder of rules.")
    var rules = "rules"

    @Option(help: "The time of the newest block, in milliseconds since 1970.")
    var present: Int64

    @OptionGroup var output: OutputOptions

    func run() throws {
        var part = SparkPart()
        do {
            while let line = readLine() { try part.add(line) }
        } catch {
            throw Failure(.file, "\(error)")
        }
        // An empty part needs no rules.
        guard !part.isEmpty else { return }
        let folder = try RuleBuild.read(rules)
        for item in folder.rules {
            let found = try part.judge(
                item.checked, tables: folder.tables,
                present: Timestamp(milliseconds: present))
            for judged in found {
                guard case .finding(let body) = judged.verdict else { continue }
                print(JSONText.of(SweepFinding(item.rule.header.id, judged, body)))
            }
        }
    }
}
