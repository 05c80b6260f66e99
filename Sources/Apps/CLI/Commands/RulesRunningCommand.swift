internal import ArgumentParser
internal import Ledger
internal import Node
internal import Primitives
internal import Supervision

extension RulesCommand {
    /// Which rules a node runs.
    struct Running: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show which rules a node runs, how they fare, and why one does not run.",
            discussion: """
                A node that is behind with its rules shows them as of an earlier block than the \
                one at which a version came into force (`custos govern list`).

                Examples:
                  custos rules running --node devnet/regulator
                  custos rules running --node devnet/insurer --json
                """)

        @OptionGroup var node: NodeOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let status = try await node.place.ask { try await Desk.status(of: $0) }
            output.show(RunningRulesReport(status))
        }
    }
}

private struct RunningRulesReport: Report {
    /// The block up to which the node has taken in what is agreed on.
    let height: UInt64
    let rules: [Rule]

    struct Rule: Encodable {
        let id: String
        let hash: String
        let stage: String
        let open: UInt64
        let notEvaluatedSealed: UInt64
        let notEvaluatedUnknown: UInt64
        /// Why it does not run; empty where it does.
        let problem: String
    }

    init(_ status: DeskStatus) {
        height = status.height.blocks
        rules = status.rules.map { rule in
            Rule(
                id: rule.rule, hash: rule.hash.description, stage: rule.stage.rawValue,
                open: rule.openCount, notEvaluatedSealed: rule.sealedCount,
                notEvaluatedUnknown: rule.unknownCount, problem: rule.problem)
        }
    }

    var lines: [String] {
        guard !rules.isEmpty else {
            return ["The ledger has this node run no rules, as of block \(height)."]
        }
        var table = Table("rule", "stage", "hash", "open", "sealed", "unknown")
        for rule in rules {
            table.add(
                rule.id, rule.stage, "\(rule.hash.prefix(12))…", "\(rule.open)",
                "\(rule.notEvaluatedSealed)", "\(rule.notEvaluatedUnknown)")
        }
        let problems = rules.filter { !$0.problem.isEmpty }
            .map { "\($0.id) does not run: \($0.problem)" }
        return table.lines + problems + ["as of block \(height)"]
    }
}
