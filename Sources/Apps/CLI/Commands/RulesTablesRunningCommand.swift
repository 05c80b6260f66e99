internal import ArgumentParser
internal import Ledger
internal import Node
internal import Primitives
internal import Proofs
internal import Supervision

extension RulesCommand.Tables {
    /// Which versions of tables a node looks things up in.
    struct Running: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show which tables the ledger names, and how they fare on a node.",
            discussion: """
                Examples:
                  custos rules tables running --node devnet/regulator
                  custos rules tables running --node devnet/insurer --json
                """)

        @OptionGroup var node: NodeOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let answer = try await node.place.ask {
                try await $0.desk(DeskRequest.status.encode())
            }
            let status = try Desk.read { () throws(SupervisionError) in
                try DeskStatus.decode(answer)
            }
            output.show(RunningTablesReport(status))
        }
    }

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

        @OptionGroup var node: NodeOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let place = try node.place
            let bytes = try await place.ask { try await $0.tableProof(table) }
            let proven: ProvenTable
            do {
                proven = try Auditor(genesis: try place.genesis).verify(
                    try TableProof.decode(bytes))
            } catch let failure as ProofFailure {
                throw Failure(.refused, "the node's proof does not hold: \(failure)")
            }
            if let out { try Files.write(bytes, to: out) }
            output.show(TableHistoryReport(proven, at: at.map { Height($0) }, file: out))
        }
    }
}

private struct RunningTablesReport: Report {
    let tables: [Item]

    struct Item: Encodable {
        let name: String
        let hash: String
        let bytes: UInt64
        let bytesHere: UInt64
        /// Rules that run here and look things up in it.
        let rules: UInt64
        /// Why it is not used; empty where it is.
        let problem: String
    }

    init(_ status: DeskStatus) {
        tables = status.tables.map { table in
            Item(
                name: table.table.name, hash: table.table.hash.description,
                bytes: table.table.byteCount, bytesHere: table.byteCount,
                rules: table.ruleCount, problem: table.problem)
        }
    }

    var lines: [String] {
        guard !tables.isEmpty else {
            return ["The ledger names no tables: rules take those that lie at each node."]
        }
        var view = Table("table", "hash", "bytes", "here", "rules")
        for table in tables {
            view.add(
                table.name, "\(table.hash.prefix(12))…", "\(table.bytes)",
                "\(table.bytesHere)", "\(table.rules)")
        }
        return view.lines
            + tables.filter { !$0.problem.isEmpty }
            .map { "\($0.name) is not used: \($0.problem)" }
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
            proven.history?.point(at: height)?.version?.hash.description ?? "none"
        }
        self.file = file
    }

    var lines: [String] {
        history.lines + (inForce.map { ["", "in force then: \($0)"] } ?? [])
            + ["", "proved up to block \(provedUpTo)" + (file.map { ", in \($0)" } ?? "")]
    }
}
