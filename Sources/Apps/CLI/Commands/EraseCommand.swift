internal import ArgumentParser
internal import Node
internal import Primitives
internal import Records
internal import Supervision

/// Erases payloads at one's own institution, or tells how far an erasure is.
struct EraseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase",
        abstract: "Destroy the keys of entries' payloads here, and certify it on the ledger.",
        discussion: """
            Every holder of a payload erases for itself. The entries stay, and so does every proof \
            of them; what was sealed can be read nowhere once all holders have certified. A hold, \
            or a finding that stands, keeps its evidence from being erased. Where a share or \
            notice of a case gave a copy, name its entry as well.

            What was erased here before is not certified again: it says by which certificate. With \
            --status nothing is erased: it says who has certified, and what is held.

            Examples:
              custos erase 17 18 --ground "request of the patient" --node devnet/insurer
              custos erase 17 --status --node devnet/regulator
              custos query --kind erasure   (the certificates themselves, proved complete)
            """)

    @Argument(help: "Leaf numbers of the entries.")
    var leaves: [UInt64]

    @Option(help: "On what ground, in words, which stand in clear on the ledger: name nobody.")
    var ground: String?

    @Flag(help: "Erase nothing; say how far the erasure is.")
    var status = false

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard status != (ground != nil) else {
            throw ValidationError("say --ground to erase, or --status to ask")
        }
        guard (1...1_024).contains(leaves.count) else {
            throw ValidationError("name 1 to 1024 entries")
        }
        // What no certificate can say is refused before anything is asked.
        let range = 1...HoldBody.groundByteCountMax
        if let ground, !range.contains(ground.utf8.count) {
            throw ValidationError("a ground has 1 to \(HoldBody.groundByteCountMax) bytes")
        }
    }

    func run() async throws {
        let place = try node.place
        if let ground {
            let request = DeskRequest.erase(leaves: leaves, ground: ground).encode()
            let bytes = try await place.ask { try await $0.desk(request) }
            return output.show(EraseReport(text: String(decoding: bytes, as: UTF8.self)))
        }
        var views: [ErasureView] = []
        for leaf in leaves {
            let request = DeskRequest.erasure(leaf: leaf).encode()
            let bytes = try await place.ask { try await $0.desk(request) }
            views.append(
                ErasureView(
                    try Desk.read { () throws(SupervisionError) in
                        try ErasureStatus.decode(bytes)
                    }))
        }
        output.show(ErasureReport(erasures: views))
    }
}

private struct EraseReport: Report {
    let text: String

    var lines: [String] { text.split(separator: "\n").map(String.init) }
}

private struct ErasureView: Encodable {
    let leaf: UInt64
    let erased: Int
    let holders: [Holder]
    let holds: [Hold]

    struct Holder: Encodable {
        let institution: String
        let certificate: UInt64?
    }

    struct Hold: Encodable {
        let hold: String
        let issuer: String
        let ground: String
    }

    init(_ status: ErasureStatus) {
        leaf = status.leafIndex
        erased = status.erasedCount
        holders = status.holders.map {
            Holder(institution: $0.institution.name, certificate: $0.certificate)
        }
        holds = status.holds.map {
            Hold(hold: $0.hold.description, issuer: $0.issuer.name, ground: $0.ground)
        }
    }
}

private struct ErasureReport: Report {
    let erasures: [ErasureView]

    var lines: [String] {
        erasures.flatMap { erasure in
            ["leaf \(erasure.leaf): erased by \(erasure.erased) of \(erasure.holders.count)"]
                + erasure.holders.map { holder in
                    let certificate = holder.certificate.map { "certified at leaf \($0)" }
                    return "  \(holder.institution): \(certificate ?? "has not certified")"
                }
                + erasure.holds.map { "  held by \($0.issuer): \($0.ground) (hold \($0.hold))" }
        }
    }
}
