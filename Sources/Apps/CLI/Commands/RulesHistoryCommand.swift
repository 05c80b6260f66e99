internal import ArgumentParser
internal import Ledger
internal import Node
internal import Primitives
internal import Proofs

extension RulesCommand {
    /// What became of a rule on the ledger, and the proof of it.
    struct History: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show which version of a rule was in force when, with a proof.",
            discussion: """
                Each block from which on the rule stood otherwise is listed, with the versions in \
                force and on trial. With --out, the proof of it is written to a file, which \
                `custos verify` checks offline with the genesis.

                Examples:
                  custos rules history PR-03 --node devnet/regulator
                  custos rules history PR-03 --at 120 --service 2026-03-01 --out PR-03.proof
                """)

        @Argument(help: "The rule's id.")
        var rule: String

        @Option(help: "Say which version was in force for this block.")
        var at: UInt64?

        @Option(help: "Say which version judges a service of this day, as of --at or of now.")
        var service: String?

        @Option(help: "A file to write the proof to.")
        var out: String?

        @OptionGroup var trust: TrustOptions
        @OptionGroup var node: NodeOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let place = try node.place
            var day: Day?
            if let service {
                day = try Day.reading(service)
            }
            let auditor = try trust.auditor(try place.genesis)
            let (proven, bytes, note) = try await place.ask { client in
                let bytes = try await client.ruleProof(rule)
                return try await NodeAuditor.checking {
                    let proof = try RuleProof.decode(bytes)
                    let under = proof.head.header
                    let proven = try await auditor.auditor(under: under, .noOlder, client)
                        .verify(proof)
                    // That there never was such a rule is proved, and an answer.
                    let isNone =
                        proven.isAsInGenesis
                        && !auditor.genesis.rules.contains { $0.id == rule }
                    let note = isNone ? try await KnownNames(client).missing(rule: rule) : nil
                    return (proven, bytes, note)
                }
            }
            if let out { try Files.write(bytes, to: out) }
            output.show(
                RuleHistoryReport(
                    proven, at: at.map { Height($0) }, service: day, file: out, note: note))
        }
    }
}

private struct RuleHistoryReport: Report {
    let history: RuleHistoryView
    /// The block up to which it is proved.
    let provedUpTo: UInt64
    let judging: String?
    let file: String?
    /// What may be wrong with the question.
    let note: String?

    init(
        _ proven: ProvenRule, at height: Height?, service: Day?, file: String?, note: String?
    ) {
        self.note = note
        history = RuleHistoryView(proven)
        provedUpTo = proven.head.header.height.blocks
        self.file = file
        guard height != nil || service != nil else {
            judging = nil
            return
        }
        let version = proven.history.standing(at: height ?? proven.head.header.height)?.inForce
        let hash = service.map { version?.hash(on: $0) } ?? version?.hash
        judging = hash?.description ?? "none"
    }

    var lines: [String] {
        history.lines + (judging.map { ["", "in force then: \($0)"] } ?? [])
            + (note.map { ["", "note: \($0), and never was"] } ?? [])
            + ["", "proved up to block \(provedUpTo)" + (file.map { ", in \($0)" } ?? "")]
    }
}
