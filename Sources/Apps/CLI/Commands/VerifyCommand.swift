internal import ArgumentParser
internal import Cryptography
internal import Findings
internal import Ledger
internal import Primitives
internal import Proofs

/// Checks a proof offline.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check a proof offline; nobody is contacted, no node is trusted.",
        discussion: """
            FILE is a proof of one entry, a bundle of a finding with its evidence, or the answer \
            to a query; what it is, it says itself. Trusted is the genesis, and a head where you \
            have one from a witness, a printed page or another ledger. A proof older than the \
            head needs a link from the one to the other, which `custos head --link` gets and \
            which need not be trusted. FILE may also be an archive, of any size; with --full its \
            blocks are executed again, which finds whether the state follows from the entries.

            Ends with 0 where the proof holds, with 1 where it does not.

            Examples:
              custos verify claim.proof --genesis county.genesis
              custos verify trail.answer --genesis county.genesis --json
              custos verify claim.proof --genesis county.genesis --head june.head --link claim.link
            """)

    @Argument(help: "The proof.")
    var file: String

    @Option(help: "The genesis of the ledger.")
    var genesis: String

    @Option(help: "A file with the bytes of a block header that you trust.")
    var head: String?

    @Option(help: "A file with the consistency proof from the proof's tree to the head's.")
    var link: String?

    @Flag(help: "Execute an archive again from its first block.")
    var full = false

    @OptionGroup var output: OutputOptions

    func run() throws {
        let genesis = try Genesis.read(genesis)
        guard head != nil || link == nil else {
            throw ValidationError("--link links with a head; say which with --head")
        }
        let trusted = try head.map { path throws(Failure) in try trustedHead(path) }
        if let archive = try ArchiveReader(file) {
            return try verify(archive, genesis, trusted)
        }
        let bytes = try Files.read(file)
        if ProofKind(bytes) == .finding { return try verifyFinding(bytes, genesis, trusted) }
        do throws(ProofFailure) {
            let auditor = try Auditor(genesis: genesis, trusted: trusted)
            output.show(try VerifyReport(bytes, auditor))
        } catch {
            output.show(VerifyReport(error))
            throw Ending.refused
        }
    }

    /// Checks an archive, record by record.
    private func verify(
        _ archive: ArchiveReader, _ genesis: Genesis, _ trusted: TrustedHead?
    ) throws {
        do {
            guard let first = try archive.next() else {
                throw ProofFailure(.form, "the archive ends before its first record")
            }
            var auditor = try ArchiveAuditor(first, genesis: genesis, trusted: trusted)
            var replay = full ? ArchiveReplay(genesis: genesis) : nil
            if full, auditor.heights.first != Height(1) {
                throw Failure(.usage, "--full needs an archive that begins with block 1")
            }
            while let record = try archive.next() {
                let block = try ArchiveBlock.decode(record)
                try auditor.take(block)
                try replay?.take(block)
            }
            guard auditor.isWhole else {
                throw ProofFailure(
                    .form,
                    "the archive ends after block \(auditor.last?.height ?? .genesis); it should "
                        + "have \(auditor.heights)")
            }
            output.show(ArchiveReport(auditor, isExecuted: full))
        } catch let failure as ProofFailure {
            output.show(VerifyReport(failure))
            throw Ending.refused
        }
    }

    /// Checks a bundle as entries are checked, and then runs the rule again over the evidence.
    private func verifyFinding(
        _ bytes: [UInt8], _ genesis: Genesis, _ trusted: TrustedHead?
    ) throws {
        do {
            let bundle = try FindingBundle.decode(bytes)
            let verifier = try FindingVerifier(genesis: genesis, trusted: trusted)
            output.show(VerifyReport(try verifier.verify(bundle)))
        } catch let failure as FindingFailure {
            output.show(VerifyReport(failedStep: failure.step.rawValue, reason: failure.reason))
            throw Ending.refused
        } catch let failure as ProofFailure {
            output.show(VerifyReport(failure))
            throw Ending.refused
        }
    }

    private func trustedHead(_ path: String) throws(Failure) -> TrustedHead {
        let bytes = try Files.read(path)
        let header: BlockHeader
        do {
            header = try BlockHeader.decode(bytes[...])
        } catch {
            throw Failure(.file, "\(path) is no block header: \(error)")
        }
        guard let link else { return TrustedHead(header) }
        do {
            var reader = CBORReader(try Files.read(link))
            let consistency = try ConsistencyProof(from: &reader)
            try reader.finish()
            return TrustedHead(header, consistency: consistency)
        } catch let error as CBORError {
            throw Failure(.file, "\(link) is no consistency proof: \(error)")
        } catch {
            throw Failure(.file, "\(error)")
        }
    }
}
