internal import ArgumentParser
internal import Proofs
internal import Records

extension CaseCommand {
    /// Ends a case with what was decided.
    struct Close: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "close", abstract: "Close a case with what was decided.",
            discussion: """
                Outcomes: \(CaseWords.outcomes).
                The outcome and the sums are sealed to this institution and to those named.

                Examples:
                  custos case close 77aa --outcome not-suspicious --node devnet/regulator
                  custos case close 77aa --outcome confirmed --identified "1200.00 USD" --to insurer
                """)

        @Argument(help: "The case, by how its id begins.")
        var id: String

        @Option(help: "What came of it.")
        var outcome: String

        @Option(help: "What was wrongly asked for, such as '1200.00 USD'.")
        var identified: String?

        @Option(help: "What of that was not paid.")
        var denied: String?

        @Option(help: "What of that was paid back.")
        var recovered: String?

        @Option(help: "What of that did not hold in the end.")
        var overturned: String?

        @OptionGroup var readers: CaseReaderOptions
        @OptionGroup var step: CaseStepOptions

        func run() async throws {
            let texts: [(CaseStatement.SumKind, String?)] = [
                (.identified, identified), (.denied, denied), (.recovered, recovered),
                (.overturned, overturned),
            ]
            let sums = try texts.compactMap { kind, text in
                try text.map { CaseStatement.Sum(kind: kind, amount: try CaseWords.amount($0)) }
            }
            let decision = CaseStatement.Decision(
                outcome: try CaseWords.outcome(outcome), amounts: sums)
            let place = try step.node.place
            let issuer = try place.institution
            let known = try await place.ask { try await KnownCase.find(id, of: issuer, $0) }
            let draft = CaseDraft(
                blindedCase: known.blindedCase, step: .closed, previous: known.last,
                findings: known.findings, decision: decision,
                recipients: try readers.institutions)
            try await step.take(draft, at: place)
        }
    }
}
