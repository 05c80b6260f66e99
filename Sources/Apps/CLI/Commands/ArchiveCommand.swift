internal import ArgumentParser
internal import Node
internal import Primitives
internal import Proofs
internal import Storage

/// Takes blocks out of a node into files that verify by themselves.
struct ArchiveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive",
        abstract: "Export a range of the ledger to a file that verifies by itself.",
        subcommands: [
            ArchiveExportCommand.self, ArchiveTilesCommand.self, ArchiveCosignCommand.self,
        ])
}

/// Writes blocks with all their entries to a file.
struct ArchiveExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write blocks, their commit proofs and all their entries to one file.",
        discussion: """
            Examples:
              custos archive export --out ledger.archive --node devnet/regulator
              custos archive export --from 1001 --to 2000 --out second.archive
              custos verify ledger.archive --genesis devnet/county.genesis --full
            """)

    @Option(help: "The first block.")
    var from: UInt64 = 1

    @Option(help: "The last block; if none is named, the last one that there is.")
    var to: UInt64 = 0

    @Option(help: "The file to write.")
    var out: String

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let report = try await node.place.ask { client in
            let first = try await client.archiveHead(from: Height(from), through: Height(to))
            let heights: HeightRange
            do {
                heights = try ArchiveHead.decode(first).heights
            } catch {
                throw Failure(.other, "the node's archive cannot be read: \(error)")
            }
            do {
                var writer = try ArchiveWriter(out)
                try writer.add(first)
                var height = heights.first
                while height <= heights.last {
                    try writer.add(try await client.archiveBlock(height))
                    if height.blocks.isMultiple(of: 256) { ProgressLine.show("block \(height)") }
                    height = height.next
                }
                ProgressLine.end()
                try writer.sync()
                return ArchiveExportReport(
                    blocks: heights.description, file: out, byteCount: writer.byteCount)
            } catch let error as StorageError {
                throw Failure(.file, "\(error)")
            }
        }
        output.show(report)
    }
}

private struct ArchiveExportReport: Report {
    let blocks: String
    let file: String
    let byteCount: Int

    var lines: [String] { ["Blocks \(blocks): \(file), \(byteCount) bytes"] }
}
