internal import ArgumentParser
internal import Primitives
internal import Records

extension CaseCommand {
    /// Appeals against a notice that this institution was given.
    struct Appeal: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "appeal",
            abstract: "Appeal against a notice, within its term.",
            discussion: """
                The appeal is an entry of this institution's, sealed to whose case it is and to \
                institutions of --to. Everybody sees that there is one, and when it was anchored: \
                that says whether it was in time (`custos case show`). The ledger's parameter \
                appeal-days gives the least term of a notice; without it there are no appeals.

                Examples:
                  custos case appeal 77aa --words "the lot was recalled" --node devnet/city-pharmacy
                  custos case appeal 77aa --of regulator --words "see letter" --to auditor
                """)

        @Argument(help: "The case, by how its id begins.")
        var id: String

        @Option(help: "Whose case, where institutions have cases of one id.")
        var of: String?

        @OptionGroup var readers: CaseReaderOptions
        @OptionGroup var step: CaseStepOptions

        func run() async throws {
            let place = try step.node.place
            let own = try place.institution
            let owner = try of.map(CaseWords.institution)
            let known = try await place.ask { try await KnownCase.find(id, of: owner, $0) }
            guard let notice = known.steps.last(where: { $0.entry.givesNotice(to: own) }) else {
                throw Failure(.refused, "\(own) was given no notice of case \(known.blindedCase)")
            }
            let draft = CaseDraft(
                blindedCase: known.blindedCase, step: .appealed(known.issuer),
                previous: notice.leaf,
                recipients: [known.issuer] + (try readers.institutions))
            try await step.take(draft, at: place)
        }
    }
}
