internal import ArgumentParser
internal import Findings
internal import Node
internal import Primitives
internal import Proofs
internal import Records

/// Gives what a case rests on to an institution that did not have it.
struct ShareCase: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "share",
        abstract: "Give the findings of a case and their evidence to another institution.",
        discussion: """
            The entry shows to whom, and on what basis; which findings and payloads they are is \
            sealed. Bases: relationship, consent, break-glass, legal, none.

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

    @Option(help: "Why, in words.")
    var words = ""

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let basis = try CaseWords.basis(basis)
        let place = try node.place
        var (draft, _) = try await CaseGift.of(id, finding, place)
        draft.step = .shared(basis)
        draft.words = words
        draft.recipients = try to.map(CaseWords.institution)
        output.show(CaseStepReport(draft, leaf: try await draft.take(place)))
    }
}

/// Names whom a case is about, and gives them what was found.
struct NoticeOfCase: AsyncParsableCommand {
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

    @Option(help: "The last day for an answer.")
    var answerBy: String?

    @Option(help: "Only this finding of the case; repeatable.")
    var finding: [String] = []

    @Option(help: "What they are told, in words.")
    var words = ""

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let subjects = try about.map(CaseWords.subject)
        var recipients = try to.map(CaseWords.institution)
        for case .institution(let id) in subjects { recipients.append(id) }
        guard !recipients.isEmpty else {
            throw ValidationError("nobody of these has a node: say with --to who gets it")
        }
        let day = try answerBy.map(Day.reading)
        let place = try node.place
        var (draft, gift) = try await CaseGift.of(id, finding, place)
        draft.step = .noticed(
            CaseBody.Opening(
                findings: gift.leaves.sorted(),
                rules: Set(gift.rules).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) },
                answerBy: day))
        draft.words = words
        draft.subjects = subjects
        draft.recipients = recipients
        output.show(CaseStepReport(draft, leaf: try await draft.take(place)))
    }
}

/// The findings of a case with all that it takes to check them.
struct CaseGift {
    var leaves: [UInt64] = []
    var rules: [String] = []

    /// The bundles of a case's findings, or of some of them, in a draft of its next step.
    static func of(
        _ id: String, _ wanted: [String], _ place: NodePlace
    ) async throws -> (CaseDraft, CaseGift) {
        let issuer = try place.institution
        return try await place.ask { client in
            let known = try await KnownCase.find(id, of: issuer, client)
            let findings = known.findings.filter { finding in
                wanted.isEmpty || wanted.contains { finding.description.hasPrefix($0) }
            }
            guard !findings.isEmpty else {
                throw Failure(.refused, "no finding of case \(known.blindedCase) begins so")
            }
            var gift = CaseGift()
            var bundles: [[UInt8]] = []
            for finding in findings {
                let (leaf, bundle) = try await Finding.bundle(of: finding, client)
                let statement = try FindingStatement.decode(bundle.statement)
                gift.leaves.append(leaf)
                gift.rules.append(try FindingOutline.decode(statement.body).rule)
                bundles.append(bundle.encode())
            }
            let draft = CaseDraft(
                blindedCase: known.blindedCase, step: .added, previous: known.last,
                findings: findings, bundles: bundles)
            return (draft, gift)
        }
    }
}
