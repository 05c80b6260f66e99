internal import ArgumentParser
internal import Records

extension CaseCommand {
    /// Gives what a case rests on to an institution that did not have it.
    struct Share: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "share",
            abstract: "Give the findings of a case and their evidence to another institution.",
            discussion: """
                The entry shows to whom, and on what basis; which findings and payloads they are \
                is sealed. Bases: relationship, consent, break-glass, legal, none.

                Examples:
                  custos case share 77aa --to insurer --basis legal --words "section 7" \
                --node devnet/regulator
                """)

        @Argument(help: "The case, by how its id begins.")
        var id: String

        @Option(help: "To whom; repeatable.")
        var to: [String]

        @Option(help: "On what basis.")
        var basis = "legal"

        @Option(help: "Only this finding of the case; repeatable.")
        var finding: [String] = []

        @OptionGroup var trust: TrustOptions
        @OptionGroup var step: CaseStepOptions

        func run() async throws {
            let basis = try CaseWords.basis(basis)
            let place = try step.node.place
            var (draft, _) = try await CaseGift.of(id, finding, place, trust)
            draft.step = .shared(basis)
            draft.recipients = try to.map(CaseWords.institution)
            try await step.take(draft, at: place)
        }
    }
}
