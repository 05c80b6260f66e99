internal import ArgumentParser
internal import Records

extension CaseCommand {
    /// Begins a case with findings.
    struct Open: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "open", abstract: "Open a case with findings that stand on the ledger.",
            discussion: """
                The case goes by the blinded id under which the first finding was published. What \
                is said and which findings they are is sealed to this institution and to those \
                named.

                Examples:
                  custos case open 3f6c2a91 --words "three pharmacies" --node devnet/regulator
                  custos case open 3f6c2a91 9b01 --to auditor
                """)

        @Argument(help: "Findings, by how their ids begin.")
        var findings: [String]

        @OptionGroup var readers: CaseReaderOptions
        @OptionGroup var step: CaseStepOptions

        func run() async throws {
            let place = try step.node.place
            let issuer = try place.institution
            let (id, ids, previous) = try await place.ask { client in
                let standing = try await CaseWords.standing(findings, client)
                let id = standing[0].blindedCase
                let known = try await KnownCase.all(client, id).first { $0.issuer == issuer }
                return (id, standing.map(\.finding).sorted(), known?.last)
            }
            let draft = CaseDraft(
                blindedCase: id, step: .opened, previous: previous, findings: ids,
                recipients: try readers.institutions)
            try await step.take(draft, at: place)
        }
    }
}
