internal import ArgumentParser
internal import Ledger
internal import Node
internal import Primitives
internal import Proofs

extension RulesCommand.Tables {
    /// What became of a table on the ledger.
    struct History: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show which version of a table was in force when.",
            discussion: """
                With --out, the proof of it is written to a file, which `custos verify` checks \
                offline with the genesis.

                Examples:
                  custos rules tables history limits --node devnet/regulator
                  custos rules tables history ncci-pairs --out ncci-pairs.proof --json
                """)

        @Argument(help: "The table's name.")
        var table: String

        @Option(help: "Say which version was in force for this block.")
        var at: UInt64?

        @Option(help: "A file to write the proof to.")
        var out: String?

        @OptionGroup var trust: TrustOptions
        @OptionGroup var node: NodeOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let place = try node.place
            let auditor = try trust.auditor(try place.genesis)
            let (proven, bytes) = try await place.ask { client in
                let bytes = try await client.tableProof(table)
                return try await NodeAuditor.checking {
                    let proof = try TableProof.decode(bytes)
                    let under = proof.head.header
                    return (
                        try await auditor.auditor(under: under, .noOlder, client).verify(proof),
                        bytes
                    )
                }
            }
            if let out { try Files.write(bytes, to: out) }
            output.show(TableHistoryReport(proven, at: at.map { Height($0) }, file: out))
        }
    }
}

private struct TableHistoryReport: Report {
    let history: TableHistoryView
    /// The block up to which it is proved.
    let provedUpTo: UInt64
    let inForce: String?
    let file: String?

    init(_ proven: ProvenTable, at height: Height?, file: String?) {
        history = TableHistoryView(proven)
        provedUpTo = proven.head.header.height.blocks
        inForce = height.map { height in
            proven.history?.standing(at: height)?.version?.hash.description ?? "none"
        }
        self.file = file
    }

    var lines: [String] {
        history.lines + (inForce.map { ["", "in force then: \($0)"] } ?? [])
            + ["", "proved up to block \(provedUpTo)" + (file.map { ", in \($0)" } ?? "")]
    }
}
