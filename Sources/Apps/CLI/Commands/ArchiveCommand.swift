internal import ArgumentParser
internal import Ledger
internal import Node
internal import Primitives
internal import Proofs
internal import Storage

/// Takes blocks out of a node into files that verify by themselves.
struct ArchiveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive",
        abstract: "Take the ledger with you: a file that verifies by itself, a tiled log.",
        subcommands: [
            ArchiveExportCommand.self, ArchiveTilesCommand.self, ArchiveFetchCommand.self,
            ArchiveCosignCommand.self,
        ])
}

/// Writes blocks with all their entries to a file.
struct ArchiveExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write blocks, their commit proofs and all their entries to one file.",
        discussion: """
            Each block is checked as it comes, by the genesis, and with --head by a head that you \
            trust: what a node makes up is refused, and the file is not kept. An archive of \
            everything must reach that head.

            Examples:
              custos archive export --out ledger.archive --node devnet/regulator
              custos archive export --from 1001 --to 2000 --out second.archive
              custos archive export --out ledger.archive --head june.head
              custos verify ledger.archive --genesis devnet/county.genesis --full
            """)

    @Option(help: "The first block.")
    var from: UInt64 = 1

    @Option(help: "The last block; if none is named, the last one that there is.")
    var to: UInt64 = 0

    @Option(help: "The file to write.")
    var out: String

    @OptionGroup var trust: TrustOptions
    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let place = try node.place
        let checks = try trust.auditor(try place.genesis)
        let part = out + ".part"
        do {
            let report = try await place.ask { client in
                try await NodeAuditor.checking { try await export(to: part, checks, client) }
            }
            try Files.move(part, to: out)
            output.show(report)
        } catch {
            Files.remove(part)
            if let error = error as? StorageError { throw Failure(.file, "\(error)") }
            throw error
        }
    }

    /// Writes record after record, each once it has been checked.
    private func export(
        to path: String, _ checks: NodeAuditor, _ client: NodeClient
    ) async throws -> ArchiveExportReport {
        let first = try await client.archiveHead(from: Height(from), through: Height(to))
        let heights = try ArchiveHead.decode(first).heights
        guard heights.first == Height(from), to == 0 || heights.last == Height(to),
            to > 0 || heights.last >= checks.head?.height ?? .genesis
        else {
            throw ProofFailure(
                .cover,
                "the archive is to have blocks \(heights); asked for were \(from) to "
                    + (to == 0 ? "the last, \(checks.head?.height ?? .genesis) or later" : "\(to)"))
        }
        var auditor = try ArchiveAuditor(
            first, genesis: checks.genesis, trusted: checks.head.map { TrustedHead($0) },
            chain: try await checks.chain(through: heights.last, client))
        var writer = try ArchiveWriter(path)
        try writer.add(first)
        var height = heights.first
        while height <= heights.last {
            let record = try await client.archiveBlock(height)
            try auditor.take(try ArchiveBlock.decode(record))
            try writer.add(record)
            if height.blocks.isMultiple(of: 256) { ProgressLine.show("block \(height)") }
            height = height.next
        }
        ProgressLine.end()
        let last = [auditor.last].compactMap(\.self)
        let anchor = try auditor.anchor(try await checks.trusted(under: last, client))
        try writer.sync()
        return ArchiveExportReport(
            blocks: heights.description, file: out, byteCount: writer.byteCount,
            trust: "\(anchor)")
    }
}

private struct ArchiveExportReport: Report {
    let blocks: String
    let file: String
    let byteCount: Int
    let trust: String

    var lines: [String] {
        ["Blocks \(blocks): \(file), \(byteCount) bytes", "  trust  \(trust)"]
    }
}
