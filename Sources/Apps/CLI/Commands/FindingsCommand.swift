internal import ArgumentParser
internal import Node
internal import Primitives
internal import Supervision

/// Lists what the rules found.
struct FindingsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "findings",
        abstract: "List what the rules found, with the reason in words.",
        discussion: """
            A node lists the findings on the ledger and those that its own rules have open. Where \
            a finding is not sealed to the institution, only its id can be shown.

            Examples:
              custos findings --node devnet/regulator
              custos findings --node devnet/insurer --rule PR-03 --json
            """)

    @Option(help: "Only those of this rule.")
    var rule: String?

    @Option(help: "At most so many.")
    var limit = 1_000

    @Flag(help: "Print all of them; without it, three of each rule, where there is no --json.")
    var all = false

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit is 1 or more") }
    }

    func run() async throws {
        let items = try await node.place.ask { try await Desk.findings(of: $0) }
        var views = items.map(FindingView.init)
        var note: String?
        if let rule {
            views = views.filter { $0.body?.rule == rule }
            if views.isEmpty { note = try await self.note(on: rule) }
        }
        output.show(
            FindingsReport(
                count: views.count, findings: Array(views.prefix(limit)),
                ofEach: all ? .max : 3, note: note))
    }

    /// What else may be said of a rule that found nothing.
    ///
    /// - Throws: `Failure` where there is no such rule.
    private func note(on rule: String) async throws -> String? {
        let (known, running) = try await node.place.ask { client in
            (
                try await KnownNames(client),
                try await Desk.status(of: client).rules.filter(\.problem.isEmpty).map(\.rule)
            )
        }
        guard !running.contains(rule) else { return nil }
        let all = KnownNames(institutions: [], rules: (known.rules + running).sorted())
        if let problem = all.missing(rule: rule) { throw Failure(.refused, problem) }
        return "\(rule) does not run on this node, which sees only what others anchored of it"
    }
}

private struct FindingsReport: Report {
    let count: Int
    let findings: [FindingView]
    /// How many of each rule are printed for people.
    var ofEach = 3
    /// What may be wrong with the question.
    var note: String?

    private enum CodingKeys: CodingKey {
        case count, findings, note
    }

    var lines: [String] {
        guard count > 0 else { return ["No findings."] + (note.map { ["note: \($0)"] } ?? []) }
        let byRule = Dictionary(grouping: findings) { $0.body?.rule ?? "not readable here" }
        let open = findings.count { $0.status == "open" }
        let withdrawn = findings.count { $0.status == "withdrawn" }
        var lines = ["\(count) findings: \(open) open here, \(withdrawn) withdrawn"]
        for (rule, found) in byRule.sorted(by: { $0.key < $1.key }) {
            lines += ["", "\(rule): \(found.count)"]
            for finding in found.prefix(ofEach) {
                let place = finding.leaf.map { "leaf \($0)" } ?? "not anchored yet"
                let mark = finding.withdrawal.map { "withdrawn at leaf \($0)" } ?? finding.status
                lines.append("  \(finding.finding.prefix(16))…  \(place)  \(mark)")
                guard let body = finding.body else { continue }
                lines.append("      \(body.result): \(body.reason)")
            }
            if found.count > ofEach { lines.append("  … and \(found.count - ofEach) more") }
        }
        return lines
    }
}
