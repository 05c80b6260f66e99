internal import ArgumentParser
internal import Node
internal import Primitives

/// Writes the proof of an entry to a file.
struct ProofCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proof",
        abstract: "Write the proof of an entry to a file, for anyone to check offline.",
        discussion: """
            ENTRY is a leaf number, ISSUER/STREAM/NUMBER, or the hash of its leaf.

            Examples:
              custos proof 17 --out claim.proof --node devnet/insurer
              custos proof county-hospital/0/5 --out claim.proof
              custos verify claim.proof --genesis devnet/county.genesis
            """)

    @Argument(help: "The entry.")
    var entry: EntryReference

    @Option(help: "The file to write.")
    var out: String

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let (leaf, bytes) = try await node.place.ask { client in
            let leaf = try await entry.find(client).leafIndex
            return (leaf, try await client.proof(leaf: leaf))
        }
        try Files.write(bytes, to: out)
        output.show(ProofReport(leaf: leaf, file: out, byteCount: bytes.count))
    }
}

private struct ProofReport: Report {
    let leaf: UInt64
    let file: String
    let byteCount: Int

    var lines: [String] {
        ["Proof of the entry at leaf \(leaf): \(file), \(byteCount) bytes"]
    }
}
