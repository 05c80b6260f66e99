internal import ArgumentParser
internal import Records

extension CaseCommand {
    /// Lets findings join a case.
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Let more findings join a case.",
            discussion: """
                Examples:
                  custos case add 77aa --finding 9b01 --finding c0de --node devnet/regulator
                """)

        @Argument(help: "The case, by how its id begins.")
        var id: String

        @Option(help: "A finding, by how its id begins; repeatable.")
        var finding: [String]

        @OptionGroup var readers: CaseReaderOptions
        @OptionGroup var step: CaseStepOptions

        func run() async throws {
            let place = try step.node.place
            let issuer = try place.institution
            let (known, ids) = try await place.ask { client in
                (
                    try await KnownCase.find(id, of: issuer, client),
                    try await CaseWords.standing(finding, client).map(\.finding).sorted()
                )
            }
            let draft = CaseDraft(
                blindedCase: known.blindedCase, step: .added, previous: known.last,
                findings: ids, recipients: try readers.institutions)
            try await step.take(draft, at: place)
        }
    }
}
