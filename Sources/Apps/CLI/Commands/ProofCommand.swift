internal import ArgumentParser
internal import Findings
internal import Ledger
internal import Node
internal import Primitives
internal import Proofs
internal import Supervision

/// Writes the proof of an entry to a file.
struct ProofCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proof",
        abstract: "Write the proof of an entry to a file, for anyone to check offline.",
        discussion: """
            ENTRY is a leaf number, ISSUER/STREAM/NUMBER, or the hash of its leaf. With --finding, \
            the file is a bundle: the finding, its rule, and the evidence opened, each entry with \
            its proof, so that whoever may read it can run the rule again. With --up, the proof \
            goes on to the ledger above, in which a head of this one is anchored (`custos \
            anchor`): a head of that ledger is all that has to be trusted then.

            Every proof is checked before it is written, as `custos verify` will, and that it is \
            of the entry or finding that was asked for; only a finding's rule is not run again.

            Examples:
              custos proof 17 --out claim.proof --node devnet/insurer
              custos proof county-hospital/0/5 --out claim.proof
              custos proof 17 --up province/regulator --out up.proof --node city/hospital
              custos proof --finding 3f6c2a91 --out case.proof --node devnet/regulator
              custos verify case.proof --genesis devnet/county.genesis
            """)

    @Argument(help: "The entry.")
    var entry: EntryReference?

    @Option(help: "A finding's id, or how it begins, instead of an entry.")
    var finding: String?

    @Option(help: "A node of the ledger above, then of the one above that; repeatable.")
    var up: [String] = []

    @Option(help: "The file to write.")
    var out: String

    @OptionGroup var trust: TrustOptions
    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (entry == nil) != (finding == nil) else {
            throw ValidationError("name an entry, or a finding with --finding")
        }
    }

    func run() async throws {
        let place = try node.place
        let auditor = try trust.auditor(try place.genesis)
        var (leaf, bytes) = try await place.ask { client in
            if let finding {
                let id = try await Finding.find(finding, client)
                let (leaf, bundle) = try await Finding.provenBundle(of: id, auditor, client)
                return (leaf, bundle.encode())
            }
            guard let entry else { throw ExitCode.validationFailure }
            let proven = try await entry.prove(auditor, client)
            return (proven.entry.leafIndex, proven.bytes)
        }
        if !up.isEmpty { bytes = try await Self.walk(up, from: place, bytes) }
        try Files.write(bytes, to: out)
        output.show(ProofReport(leaf: leaf, file: out, byteCount: bytes.count))
    }

    /// The proof with the steps up to each ledger above, in turn.
    ///
    /// The tree that a proof stands under is the start of the anchored head's: the node below says
    /// why.
    private static func walk(
        _ above: [String], from lowest: NodePlace, _ proof: [UInt8]
    ) async throws -> [UInt8] {
        var steps: [AnchorStep] = []
        var place = lowest
        var head = try ProofHeads(proof).own.header
        for path in above {
            let ledger = head.ledger
            let size = head.treeSize
            let next = try NodePlace(path)
            let step = try await next.ask { client in
                try await client.anchorStep(of: ledger, treeSize: size)
            }
            let anchored: AnchoredHead
            do {
                anchored = try AnchoredHead.decode(step.record.value)
            } catch {
                throw Failure(.other, "the node's record of the head cannot be read: \(error)")
            }
            if anchored.hash == head.hash {
                steps.append(step)
            } else {
                let link = try await place.ask { client in
                    try await client.consistency(from: size, to: anchored.treeSize)
                }
                steps.append(step.linked(by: link))
            }
            place = next
            head = step.anchor.head.header
        }
        return TieredProof(steps: steps, proof: proof).encode()
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
