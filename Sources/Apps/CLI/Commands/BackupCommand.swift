internal import ArgumentParser
internal import Node

/// Copies a stopped node's data.
struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy a stopped node's ledger, outboxes and evidence, with digests.",
        discussion: """
            Keys and sealed payloads are not in the copy, and neither is what the consensus key \
            signed last: a restored node keeps silent until the network has told it from where on \
            it contradicts nothing.

            Examples:
              custos backup --node devnet/insurer --out insurer.backup
            """)

    @OptionGroup var node: NodeOptions

    @Option(help: "The folder to make.")
    var out: String

    @OptionGroup var output: OutputOptions

    func run() throws {
        let place = try node.place
        do throws(NodeError) {
            let report = try Backup.make(of: place.configuration, in: out)
            output.show(BackupReport(report, "copied to \(out)"))
        } catch {
            throw Failure.ofUpkeep(error)
        }
    }
}

/// Puts a copy of a node's data back.
struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put a copy that `custos backup` made into the place of a node's data.",
        discussion: """
            Every file is checked against its digest before anything is written, and a ledger that \
            is there is not touched. This key may have signed since the copy was made: the node \
            votes again two heights above where more than 2/3 of the power say that they are.

            Examples:
              custos restore insurer.backup --node devnet/insurer
            """)

    @Argument(help: "The folder that `custos backup` made.")
    var backup: String

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let place = try node.place
        do throws(NodeError) {
            let report = try Backup.restore(backup, to: place.configuration)
            output.show(BackupReport(report, "restored; it votes when the peers say from where"))
        } catch {
            throw Failure.ofUpkeep(error)
        }
    }
}

private struct BackupReport: Report {
    let files: Int
    let bytes: Int
    let what: String

    init(_ report: Backup.Report, _ what: String) {
        files = report.fileCount
        bytes = report.byteCount
        self.what = what
    }

    var lines: [String] { ["\(files) files, \(bytes) bytes \(what)"] }
}
