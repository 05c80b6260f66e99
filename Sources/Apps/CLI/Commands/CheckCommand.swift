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
            archives that were made of them. Where the node began with a snapshot, so does the \
            check: it says after which block.

            Examples:
              custos check --node devnet/insurer
              custos check --node devnet/insurer --archives /backup/archive
              custos check --node devnet/insurer --fill-trails
            """)

    @Option(help: "The folder with the entries that were pruned, if not that of `retain`.")
    var archives: String?

    @Flag(help: "Write the rows for quick trails that are missing, or not as they were written.")
    var fillTrails = false

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let place = try node.place
        do throws(NodeError) {
            let check = try LedgerCheck.run(
                place.configuration, archives: archives, fillsTrails: fillTrails)
            output.show(CheckReport(check, filled: fillTrails))
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
    /// Trail rows that were missing, and whether they were written.
    let missingTrailRows: Int
    let filledTrails: Bool

    /// The block that the check began after, where the ledger begins there with a snapshot.
    let snapshot: UInt64?

    init(_ check: LedgerCheck, filled: Bool) {
        snapshot = check.base == .genesis ? nil : check.base.blocks
        missingTrailRows = check.missingTrailRowCount
        filledTrails = filled
        height = check.height.blocks
        entries = check.entries
        treeRoot = check.treeRoot.description
        stateRoot = check.stateRoot.description
        rows = check.rowCount
        prunedRows = check.prunedRowCount
    }

    var lines: [String] {
        [
            blocks + " with \(entries) entries hold: \(rows) rows are what the entries give"
                + (prunedRows > 0 ? ", \(prunedRows) that were pruned are gone" : ""),
            "  tree root   \(treeRoot)",
            "  state root  \(stateRoot)",
        ] + trails
    }

    private var blocks: String {
        snapshot.map { "blocks \($0 + 1) to \(height), after a snapshot," } ?? "\(height) blocks"
    }

    private var trails: [String] {
        guard missingTrailRows > 0 else { return [] }
        let what = "  trail rows  \(missingTrailRows) were missing, or not as they were written"
        return filledTrails
            ? [what + ", and are written"]
            : [what + ": answers about them are slower; --fill-trails writes them"]
    }
}
