internal import ArgumentParser
internal import Cryptography
internal import Node
internal import Primitives
internal import Proofs

/// Gets the validators' receipts for an entry.
struct ReceiptCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "receipt",
        abstract: "Get the validators' receipts for an entry (COSE receipts, RFC 9942).",
        discussion: """
            One file for each validator, OUT.INSTITUTION.cose, readable by any COSE library, and \
            the entry's own bytes in OUT.entry, which `custos verify` wants with them. One \
            receipt is one validator's word; more than 2/3 of the power on one block is finality, \
            which is what `custos proof` packs into one file. They are written only once they \
            hold: by the genesis, for this entry, by a quorum; with --head, in the past of a head \
            that you trust.

            Examples:
              custos receipt 17 --node devnet/insurer --out claim
              custos receipt county-hospital/0/5 --json
              custos receipt 17 --head june.head --out claim
              custos verify claim.*.cose --entry claim.entry --genesis devnet/county.genesis
            """)

    @Argument(help: "The entry: a leaf number, ISSUER/STREAM/NUMBER, or the hash of its leaf.")
    var entry: EntryReference

    @Option(help: "How the files' names begin; without it, none are written.")
    var out: String?

    @OptionGroup var trust: TrustOptions
    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let place = try node.place
        let auditor = try trust.auditor(try place.genesis)
        let proven = try await place.ask { client in try await entry.prove(auditor, client) }
        if let out { try Files.write(proven.file.entry, to: out + ".entry") }
        var receipts: [ReceiptReport.Receipt] = []
        for (voter, receipt) in proven.auditor.receipts(of: proven.file) {
            let bytes = receipt.encoded
            let file = out.map { "\($0).\(voter).cose" }
            if let file { try Files.write(bytes, to: file) }
            receipts.append(
                ReceiptReport.Receipt(
                    validator: voter.name, file: file, receipt: bytes.hex))
        }
        output.show(ReceiptReport(leaf: proven.entry.leafIndex, receipts: receipts))
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
