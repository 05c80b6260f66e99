internal import ArgumentParser
internal import Ledger
internal import Node
internal import Primitives
internal import Proofs

/// Writes a block header to a file, or what links a proof with one.
struct HeadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "head",
        abstract: "Keep the head of the ledger, and link older proofs with it.",
        discussion: """
            A head that you keep today, print or hand to a witness is what proofs are held \
            against later: then no key that leaks can make another past. A proof under an older \
            header needs a link, the proof that its tree is the start of the head's tree.

            The head is checked before it is written: it is of the ledger of the node's genesis, \
            and more than 2/3 of the votes signed it.

            Examples:
              custos head --out june.head --node devnet/regulator
              custos head --link claim.proof --to june.head --out claim.link
              custos verify claim.proof --genesis county.genesis --head june.head --link claim.link
            """)

    @Option(help: "The height; the last block if none is named.")
    var height: UInt64 = 0

    @Option(help: "Write the link from this proof instead.")
    var link: String?

    @Option(help: "The head that the proof is linked with.")
    var to: String?

    @Option(help: "The file to write.")
    var out: String

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (link == nil) == (to == nil) else {
            throw ValidationError("--link names the proof, --to the head")
        }
    }

    func run() async throws {
        if let link, let to { return try await writeLink(from: link, to: to) }
        let place = try node.place
        let auditor = try NodeAuditor(genesis: try place.genesis, head: nil)
        let header = try await place.ask { client in
            try await auditor.head(Height(height), client).header
        }
        try Files.write(header.encode(), to: out)
        output.show(HeadReport(header, file: out))
    }

    private func writeLink(from proof: String, to path: String) async throws {
        let bytes = try Files.read(proof)
        let head = try Files.read(path)
        let (first, second) = try Self.read {
            (try ProofHeads(bytes).top.header, try BlockHeader.decode(head[...]))
        }
        guard first.treeSize > 0, first.treeSize <= second.treeSize else {
            throw Failure(
                .refused,
                "the proof is of a tree of \(first.treeSize) entries, the head of "
                    + "\(second.treeSize): it cannot be the start of it")
        }
        let consistency = try await node.place.ask { client in
            try await client.consistency(from: first.treeSize, to: second.treeSize)
        }
        var writer = CBORWriter(reservingCapacity: 2_048)
        consistency.encode(into: &writer)
        try Files.write(writer.bytes, to: out)
        output.show(HeadReport(second, file: out))
    }

    private static func read<Value>(_ body: () throws -> Value) throws(Failure) -> Value {
        do {
            return try body()
        } catch {
            throw Failure(.file, "\(error)")
        }
    }
}

private struct HeadReport: Report {
    let height: UInt64
    let time: String
    let hash: String
    let treeSize: UInt64
    let treeRoot: String
    let file: String

    init(_ header: BlockHeader, file: String) {
        height = header.height.blocks
        time = header.time.description
        hash = header.hash.description
        treeSize = header.treeSize
        treeRoot = header.treeRoot.description
        self.file = file
    }

    var lines: [String] {
        [
            "block \(height) of \(time)", "  hash  \(hash)",
            "  tree  \(treeSize) entries, root \(treeRoot)", "written to \(file)",
        ]
    }
}
