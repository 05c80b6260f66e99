internal import ArgumentParser
internal import Ledger
internal import Node
internal import Primitives
internal import Proofs

/// Writes how the validators of a ledger changed to a file.
struct ChainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chain",
        abstract: "Write how validators changed to a file, which many proofs share.",
        discussion: """
            A proof under validators that are not those of the genesis needs the chain that leads \
            to them: one link for each change. With --skip, changes are left out over which a \
            third of the trusted power still signs; such a chain serves proofs of the height it \
            leads to, and no earlier ones.

            Examples:
              custos chain --out county.chain --node devnet/regulator
              custos chain --out short.chain --through claim.proof --skip --node devnet/regulator
              custos verify claim.proof --genesis county.genesis --chain county.chain
            """)

    @Option(help: "Lead to the validators of this proof, instead of the last block's.")
    var through: String?

    @Flag(help: "Leave out changes where that is enough.")
    var skip = false

    @Option(help: "The file to write.")
    var out: String

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        var last = Height.genesis
        if let through {
            let bytes = try Files.read(through)
            do throws(ProofFailure) {
                last = try ProofHeads(bytes).own.header.height
            } catch {
                throw Failure(.file, "\(through): \(error)")
            }
        }
        let place = try node.place
        let ledger = try place.genesis.ledger
        let chain = try await place.ask { client in
            try await client.chain(from: Height(1), through: last, skips: skip)
        }
        let bytes = chain.encode(ledger: ledger)
        try Files.write(bytes, to: out)
        output.show(
            ChainReport(
                ledger: ledger.description, links: chain.links.map(\.head.header.height.blocks),
                byteCount: bytes.count, file: out))
    }
}

private struct ChainReport: Report {
    let ledger: String
    /// The heights of the links.
    let links: [UInt64]
    let byteCount: Int
    let file: String

    var lines: [String] {
        let heights = links.map(String.init).joined(separator: ", ")
        return [
            links.isEmpty
                ? "the validators are those of the genesis: \(file) is empty"
                : "\(links.count) changes of validators, at blocks \(heights): \(file), "
                    + "\(byteCount) bytes"
        ]
    }
}
