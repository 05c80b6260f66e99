internal import ArgumentParser
internal import Node
internal import Primitives

/// Gets the validators' receipts for an entry.
struct ReceiptCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "receipt",
        abstract: "Get the validators' receipts for an entry (COSE receipts, RFC 9942).",
        discussion: """
            One file for each validator, OUT.INSTITUTION.cose, readable by any COSE library. One \
            receipt is one validator's word; more than 2/3 of the power on one block is finality, \
            which is what `custos proof` packs into one file.

            Examples:
              custos receipt 17 --node devnet/insurer --out claim
              custos receipt county-hospital/0/5 --json
            """)

    @Argument(help: "The entry: a leaf number, ISSUER/STREAM/NUMBER, or the hash of its leaf.")
    var entry: EntryReference

    @Option(help: "How the files' names begin; without it, none are written.")
    var out: String?

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let (leaf, answers) = try await node.place.ask { client in
            let leaf = try await entry.find(client).leafIndex
            return (leaf, try await client.receipts(leaf: leaf))
        }
        var receipts: [ReceiptReport.Receipt] = []
        for answer in answers {
            let file = out.map { "\($0).\(answer.voter).cose" }
            if let file { try Files.write(answer.receipt, to: file) }
            receipts.append(
                ReceiptReport.Receipt(
                    validator: answer.voter.name, file: file, receipt: answer.receipt.hex))
        }
        output.show(ReceiptReport(leaf: leaf, receipts: receipts))
    }
}

private struct ReceiptReport: Report {
    let leaf: UInt64
    let receipts: [Receipt]

    struct Receipt: Encodable {
        let validator: String
        let file: String?
        let receipt: String
    }

    var lines: [String] {
        ["Receipts for the entry at leaf \(leaf):"]
            + receipts.map { receipt in
                "  \(receipt.validator): "
                    + (receipt.file
                        ?? "\(receipt.receipt.count / 2) bytes (name a file with --out)")
            }
    }
}
