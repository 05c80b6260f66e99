internal import ArgumentParser
internal import Ledger
internal import Primitives
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
            let status = try await node.place.ask { try await Desk.status(of: $0) }
            output.show(RunningTablesReport(status))
        }
    }
}

private struct RunningTablesReport: Report {
    /// The block up to which the node has taken in what is agreed on.
    let height: UInt64
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
        height = status.height.blocks
        tables = status.tables.map { table in
            Item(
                name: table.table.name, hash: table.table.hash.description,
                bytes: table.table.byteCount, bytesHere: table.byteCount,
                rules: table.ruleCount, problem: table.problem)
        }
    }

    var lines: [String] {
        guard !tables.isEmpty else {
            return [
                "The ledger names no tables, as of block \(height): "
                    + "rules take those that lie at each node."
            ]
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
            + ["as of block \(height)"]
    }
}
