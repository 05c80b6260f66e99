internal import ArgumentParser
internal import Foundation
internal import Ledger
internal import Node
internal import Primitives
internal import Records

extension CaseCommand {
    /// Names whom a case is about, and gives them what was found.
    struct Notice: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "notice",
            abstract: "Give notice of a case to whom it is about, with all that was found.",
            discussion: """
                From now on everybody sees whom the case is about, which findings it opens and by \
                which rules. To those named, and to institutions of --to, it is sealed with each \
                finding's bundle: statement, rule, tables and evidence with proofs.

                Examples:
                  custos case notice 77aa --about institution:city-pharmacy --answer-by 2027-01-31
                  custos case notice 77aa --about practitioner:0f1e… --to county-hospital
                """)

        @Argument(help: "The case, by how its id begins.")
        var id: String

        @Option(help: "institution:ID, practitioner:HEX or patient:HEX; repeatable.")
        var about: [String]

        @Option(help: "Who gets it for them, where they have no node; repeatable.")
        var to: [String] = []

        @Option(help: "The last day for an answer; by default, what the ledger's term gives.")
        var answerBy: String?

        @Option(help: "Only this finding of the case; repeatable.")
        var finding: [String] = []

        @OptionGroup var trust: TrustOptions
        @OptionGroup var step: CaseStepOptions

        func run() async throws {
            let subjects = try about.map(CaseWords.subject)
            var recipients = try to.map(CaseWords.institution)
            for case .institution(let id) in subjects { recipients.append(id) }
            guard !recipients.isEmpty else {
                throw ValidationError("nobody of these has a node: say with --to who gets it")
            }
            let place = try step.node.place
            let term = try await place.ask { try await $0.governance().parameters }
                .earliestAnswer(noticedAt: .now)
            // A day more than the least, for the night between saying and anchoring it.
            let day =
                try answerBy.map(Day.reading) ?? term.map { Day(number: $0.number + 1) }
            var (draft, gift) = try await CaseGift.of(id, finding, place, trust)
            draft.step = .noticed(
                CaseBody.Opening(
                    findings: gift.leaves.sorted(),
                    rules: Set(gift.rules).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) },
                    answerBy: day))
            draft.subjects = subjects
            draft.recipients = recipients
            try await step.take(draft, at: place)
        }
    }
}
