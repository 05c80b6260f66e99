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
            against later: then no key that leaks can make another past. A proof under another \
            header needs a link, the proof that the one's tree is the start of the other's; it is \
            checked before it is written. Of receipts, and of a statement with receipts, the node \
            has the header.

            The head is checked before it is written: it is of the ledger of the node's genesis, \
            and more than 2/3 of the votes signed it.

            Examples:
              custos head --out june.head --node devnet/regulator
              custos head --link claim.proof --to june.head --out claim.link
              custos verify claim.proof --genesis county.genesis --head june.head --link claim.link
            """)

    @Option(help: "The height; the last block if none is named.")
    var height: UInt64 = 0

    @Option(help: "Write the link from this proof, receipt or statement instead.")
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
        let head = try BlockHeader.kept(path)
        let place = try node.place
        let headers = try await held(by: proof, bytes, of: head.ledger, place)
        for header in headers where header.ledger != head.ledger {
            throw Failure(
                .refused,
                "\(proof) stands in ledger \(header.ledger), and \(path) is a head of "
                    + "\(head.ledger)")
        }
        let auditor = try NodeAuditor(genesis: try place.genesis, head: head)
        let links = try await place.ask { client in
            try await NodeAuditor.checking { try await auditor.links(of: headers, client) }
        }
        guard !links.isEmpty else {
            throw Failure(
                .refused,
                "\(proof) stands under the head itself, or one of them under an empty ledger: "
                    + "`custos verify` needs no link")
        }
        var writer = CBORWriter(reservingCapacity: 2_048)
        for link in links { link.encode(into: &writer) }
        try Files.write(writer.bytes, to: out)
        output.show(HeadReport(head, file: out))
    }

    /// The headers that a head is held against: those that the proof carries, or that of the block
    /// which receipts name.
    private func held(
        by proof: String, _ bytes: [UInt8], of ledger: LedgerID, _ place: NodePlace
    ) async throws -> [BlockHeader] {
        let block: ReceiptBlock?
        do throws(ProofFailure) {
            block = try ReceiptBlock(bytes, of: ledger)
        } catch {
            throw Failure(.refused, "\(proof) cannot be linked: \(error.reason)")
        }
        if let block {
            let signed = try NodeAuditor(genesis: try place.genesis, head: nil)
            return [try await place.ask { try await block.header(signed, $0) }]
        }
        do throws(ProofFailure) {
            return try ProofHeads(bytes).held
        } catch {
            throw FileNature.failure(proof, bytes, "no proof to be linked", error.reason)
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
