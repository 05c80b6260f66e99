internal import ArgumentParser
internal import Node
internal import Primitives
internal import Proofs
internal import Records
internal import Supervision

/// Cases: what people do with findings, step by step on the ledger.
struct CaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "case",
        abstract: "Gather findings in a case, share it, give notice of it, close it.",
        discussion: """
            A case stands on the ledger under a blinded id: that there is one is known to all, \
            whom it is about to its parties only, until a notice names them. Each step is an \
            entry that names the step before, so that none can be left out or put in later. \
            Regulators, insurers and auditors have cases, each its own.

            Who is given notice gets all that it takes to check the findings and to run their \
            rules again: `custos case show CASE --out FILE` at his own node, and `custos verify`.

            Examples:
              custos case open 3f6c2a91 --words "three pharmacies in a day"
              custos case add 77aa --finding 9b01
              custos case share 77aa --to insurer --basis legal
              custos case notice 77aa --about institution:city-pharmacy --answer-by 2027-01-31
              custos case close 77aa --outcome confirmed --identified "1200.00 USD"
              custos case show 77aa --out notice.case
            """,
        subcommands: [
            OpenCase.self, AddToCase.self, ShareCase.self, NoticeOfCase.self, CloseCase.self,
            ShowCase.self,
        ])
}

/// Begins a case with findings.
struct OpenCase: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "open", abstract: "Open a case with findings that stand on the ledger.",
        discussion: """
            The case goes by the blinded id under which the first finding was published. What is \
            said and which findings they are is sealed to this institution and to those named.

            Examples:
              custos case open 3f6c2a91 --words "three pharmacies in a day" --node devnet/regulator
              custos case open 3f6c2a91 9b01 --to auditor
            """)

    @Argument(help: "Findings, by how their ids begin.")
    var findings: [String]

    @Option(help: "Why, in words.")
    var words = ""

    @Option(help: "An institution that may read it, too; repeatable.")
    var to: [String] = []

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let place = try node.place
        let issuer = try place.institution
        let (id, ids, previous) = try await place.ask { client in
            let standing = try await CaseWords.standing(findings, client)
            let id = standing[0].blindedCase
            let known = try await KnownCase.all(client, id).first { $0.issuer == issuer }
            return (id, standing.map(\.finding).sorted(), known?.last)
        }
        let draft = CaseDraft(
            blindedCase: id, step: .opened, previous: previous, words: words, findings: ids,
            recipients: try to.map(CaseWords.institution))
        output.show(CaseStepReport(draft, leaf: try await draft.take(place)))
    }
}

/// Lets findings join a case.
struct AddToCase: AsyncParsableCommand {
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

    @Option(help: "Why, in words.")
    var words = ""

    @Option(help: "An institution that may read it, too; repeatable.")
    var to: [String] = []

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let place = try node.place
        let issuer = try place.institution
        let (known, ids) = try await place.ask { client in
            (
                try await KnownCase.find(id, of: issuer, client),
                try await CaseWords.standing(finding, client).map(\.finding).sorted()
            )
        }
        let draft = CaseDraft(
            blindedCase: known.blindedCase, step: .added, previous: known.last, words: words,
            findings: ids, recipients: try to.map(CaseWords.institution))
        output.show(CaseStepReport(draft, leaf: try await draft.take(place)))
    }
}

/// Ends a case with what was decided.
struct CloseCase: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "close", abstract: "Close a case with what was decided.",
        discussion: """
            Outcomes: \(CaseStatement.Outcome.allCases.map(\.description).joined(separator: ", ")).
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

    @Option(help: "Why, in words.")
    var words = ""

    @Option(help: "An institution that may read it, too; repeatable.")
    var to: [String] = []

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

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
        let place = try node.place
        let issuer = try place.institution
        let known = try await place.ask { try await KnownCase.find(id, of: issuer, $0) }
        let draft = CaseDraft(
            blindedCase: known.blindedCase, step: .closed, previous: known.last, words: words,
            findings: known.findings, decision: decision,
            recipients: try to.map(CaseWords.institution))
        output.show(CaseStepReport(draft, leaf: try await draft.take(place)))
    }
}

/// What a step of a case became.
struct CaseStepReport: Report {
    let `case`: String
    let step: String
    let leaf: UInt64
    let findings: [String]

    init(_ draft: CaseDraft, leaf: UInt64) {
        `case` = draft.blindedCase.description
        step = "\(draft.step)"
        self.leaf = leaf
        findings = draft.findings.map(\.description)
    }

    var lines: [String] {
        ["case \(`case`): \(step) at leaf \(leaf)"] + findings.map { "  finding  \($0)" }
    }
}
