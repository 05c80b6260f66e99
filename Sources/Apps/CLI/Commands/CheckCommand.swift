internal import ArgumentParser
internal import Node
internal import Primitives

/// Goes through a stopped node's ledger and believes nothing of it.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Derive a stopped node's whole ledger again from its blocks, and compare.",
        discussion: """
            Every signature and commit proof is checked, every block executed from the genesis on, \
            and each row on the disk compared with what comes out. Ends with 1 where something is \
            wrong, and says what and at which height. Entries that were pruned are read from the \
            archives that were made of them.

            Examples:
              custos check --node devnet/insurer
              custos check --node devnet/insurer --archives /backup/archive
            """)

    @Option(help: "The folder with the entries that were pruned, if not that of `retain`.")
    var archives: String?

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let place = try node.place
        do throws(NodeError) {
            let check = try LedgerCheck.run(place.configuration, archives: archives)
            output.show(CheckReport(check))
        } catch {
            throw Failure.ofUpkeep(error)
        }
    }
}

extension Failure {
    /// What kept a command from its work on a node's data, as an exit code and a sentence.
    static func ofUpkeep(_ error: NodeError) -> Failure {
        if case .damaged = error { return Failure(.refused, "\(error)") }
        return Failure(.file, "\(error)")
    }
}

private struct CheckReport: Report {
    let height: UInt64
    let entries: UInt64
    let treeRoot: String
    let stateRoot: String
    let rows: Int
    let prunedRows: Int

    init(_ check: LedgerCheck) {
        height = check.height.blocks
        entries = check.entries
        treeRoot = check.treeRoot.description
        stateRoot = check.stateRoot.description
        rows = check.rowCount
        prunedRows = check.prunedRowCount
    }

    var lines: [String] {
        [
            "\(height) blocks with \(entries) entries hold: \(rows) rows are what the entries give"
                + (prunedRows > 0 ? ", \(prunedRows) that were pruned are gone" : ""),
            "  tree root   \(treeRoot)",
            "  state root  \(stateRoot)",
        ]
    }
}
